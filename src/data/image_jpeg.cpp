#include "data/image_jpeg.h"

#include <array>
#include <csetjmp>
#include <cstdio>
#include <fmt/format.h>
// jpeglib.h needs <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

#include "base/error.h"
#include "data/exif.h"

namespace hourglass {
namespace {

constexpr int kQuality = 95;
// A progressive file may go over its picture again and again; real ones have about ten scans.
constexpr int kMostScans = 200;
constexpr long kMostMemory = 2L << 30;

// Where libjpeg's errors go. Its functions return by longjmp from one, so between `completes` and
// them lies nothing that needs a destructor.
class JpegErrors {
 public:
  JpegErrors() {
    jpeg_std_error(&manager_);
    manager_.error_exit = stop;
    manager_.emit_message = judge;
    manager_.output_message = [](j_common_ptr) {};
  }

  jpeg_error_mgr* manager() { return &manager_; }
  const char* complaint() const { return complaint_; }

  template <class Step>
  bool completes(Step step) {
    if (setjmp(stopped_) != 0) return false;
    step();
    return true;
  }

  [[noreturn]] static void stop_saying(j_common_ptr jpeg, const char* why) {
    JpegErrors* errors = of(jpeg);
    std::snprintf(errors->complaint_, sizeof(errors->complaint_), "%s", why);
    std::longjmp(errors->stopped_, 1);
  }

 private:
  [[noreturn]] static void stop(j_common_ptr jpeg) {
    JpegErrors* errors = of(jpeg);
    jpeg->err->format_message(jpeg, errors->complaint_);
    std::longjmp(errors->stopped_, 1);
  }

  static JpegErrors* of(j_common_ptr jpeg) { return static_cast<JpegErrors*>(jpeg->client_data); }

  // To libjpeg missing data are worth a warning (it paints the rest grey); to us they are an error.
  // Level −1 is a warning, others trace what it does.
  static void judge(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    const bool harmless = code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM ||
                          code == JWRN_JFIF_MAJOR || code == JWRN_BOGUS_ICC;
    if (level < 0 && !harmless) stop(jpeg);
  }

  jpeg_error_mgr manager_{};
  std::jmp_buf stopped_{};
  char complaint_[JMSG_LENGTH_MAX] = "";
};

// Reads one image; made for one call of decode_jpeg.
class JpegReader {
 public:
  JpegReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {
    jpeg_.err = errors_.manager();
    jpeg_.client_data = &errors_;
  }
  ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  Image read(Index most_values) {
    must([&] { read_header(); });
    const int components = jpeg_.num_components;
    check_colours(components);
    check_image_size(jpeg_.image_height, jpeg_.image_width, static_cast<std::uint64_t>(components),
                     most_values, name_);
    Image image;
    image.height = jpeg_.image_height;
    image.width = jpeg_.image_width;
    image.channels = components;
    image.is_turned = jpeg_orientation(bytes_) != 1;
    std::vector<std::byte> levels(static_cast<std::size_t>(image.values()));
    must([&] { read_levels(levels.data()); });
    image.pixels.resize(levels.size());
    pixels_of_levels(levels.data(), image.values(), 8, image.pixels.data());
    return image;
  }

 private:
  template <class Step>
  void must(Step step) {
    if (errors_.completes(step)) return;
    data_error(fmt::format("{} is not a whole JPEG image ({}); get the whole file", name_,
                           errors_.complaint()));
  }

  void read_header() {
    jpeg_create_decompress(&jpeg_);  // keeps err and client_data
    jpeg_.mem->max_memory_to_use = kMostMemory;
    progress_.progress_monitor = limit_scans;
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    jpeg_read_header(&jpeg_, TRUE);
  }

  void check_colours(int components) const {
    if (components == 1 || components == 3) return;
    data_error(fmt::format("{} has {} colours a pixel{}; save it as RGB or grey", name_, components,
                           components == 4 ? ", those of print (CMYK)" : ""));
  }

  void read_levels(std::byte* levels) {
    jpeg_.out_color_space = jpeg_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&jpeg_);
    const std::size_t row_bytes =
        std::size_t{jpeg_.output_width} * static_cast<std::size_t>(jpeg_.output_components);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      auto* row = reinterpret_cast<JSAMPROW>(levels + jpeg_.output_scanline * row_bytes);
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
  }

  static void limit_scans(j_common_ptr jpeg) {
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMostScans) {
      JpegErrors::stop_saying(jpeg, "it has more scans than a picture needs");
    }
  }

  std::string_view bytes_;
  const std::string& name_;
  JpegErrors errors_;
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct jpeg_{};
};

// Collects what libjpeg writes. (Its own jpeg_mem_dest leaks when it fails.)
struct JpegSink {
  jpeg_destination_mgr manager{};
  std::string bytes;
  std::array<JOCTET, 65536> buffer{};

  bool keep(std::size_t count) noexcept {
    try {
      bytes.append(reinterpret_cast<const char*>(buffer.data()), count);
      return true;
    } catch (...) {
      return false;
    }
  }
  void start_over() {
    manager.next_output_byte = buffer.data();
    manager.free_in_buffer = buffer.size();
  }
};

// The sink is what libjpeg knows by its first member.
JpegSink* sink_of(j_compress_ptr jpeg) { return reinterpret_cast<JpegSink*>(jpeg->dest); }

[[noreturn]] void stop_for_memory(j_compress_ptr jpeg) {
  JpegErrors::stop_saying(reinterpret_cast<j_common_ptr>(jpeg), "no memory is left");
}

void start_sink(j_compress_ptr jpeg) { sink_of(jpeg)->start_over(); }

boolean empty_buffer(j_compress_ptr jpeg) {
  JpegSink* sink = sink_of(jpeg);
  if (!sink->keep(sink->buffer.size())) stop_for_memory(jpeg);
  sink->start_over();
  return TRUE;
}

void finish_sink(j_compress_ptr jpeg) {
  JpegSink* sink = sink_of(jpeg);
  if (!sink->keep(sink->buffer.size() - sink->manager.free_in_buffer)) stop_for_memory(jpeg);
}

// Writes one image; made for one call of encode_jpeg.
class JpegWriter {
 public:
  JpegWriter() {
    jpeg_.err = errors_.manager();
    jpeg_.client_data = &errors_;
    sink_.manager.init_destination = start_sink;
    sink_.manager.empty_output_buffer = empty_buffer;
    sink_.manager.term_destination = finish_sink;
  }
  ~JpegWriter() { jpeg_destroy_compress(&jpeg_); }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  std::string write(const Image& image) {
    std::vector<std::byte> levels = levels_of_pixels(image.pixels.data(), image.values(), 8);
    if (!errors_.completes([&] { write_levels(image, levels.data()); })) {
      fail(fmt::format("cannot make a JPEG image: {}", errors_.complaint()));
    }
    return std::move(sink_.bytes);
  }

 private:
  void write_levels(const Image& image, std::byte* levels) {
    jpeg_create_compress(&jpeg_);  // keeps err and client_data
    jpeg_.dest = &sink_.manager;
    jpeg_.image_height = static_cast<JDIMENSION>(image.height);
    jpeg_.image_width = static_cast<JDIMENSION>(image.width);
    jpeg_.input_components = static_cast<int>(image.channels);
    jpeg_.in_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, kQuality, TRUE);
    jpeg_start_compress(&jpeg_, TRUE);
    while (jpeg_.next_scanline < jpeg_.image_height) {
      auto* row =
          reinterpret_cast<JSAMPROW>(levels + jpeg_.next_scanline * image.width * image.channels);
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_compress(&jpeg_);
  }

  JpegErrors errors_;
  JpegSink sink_;
  jpeg_compress_struct jpeg_{};
};

}  // namespace

bool looks_like_jpeg(std::string_view head) { return head.starts_with("\xff\xd8\xff"); }

Image decode_jpeg(std::string_view bytes, Index most_values, const std::string& name) {
  return JpegReader(bytes, name).read(most_values);
}

std::string encode_jpeg(const Image& image) { return JpegWriter().write(image); }

}  // namespace hourglass
