#include "data/image_png.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <png.h>

#include "base/error.h"

namespace hourglass {
namespace {

// Deflate makes at most 1032 bytes of one.
constexpr std::uint64_t kLargestExpansion = 1100;

// libpng's state for one image, read or written, and the last thing it complained of.
class PngHandle {
 public:
  enum class Direction { kRead, kWrite };

  explicit PngHandle(Direction direction) : direction_(direction) {
    png_ = direction == Direction::kRead
               ? png_create_read_struct(PNG_LIBPNG_VER_STRING, this, stop, ignore)
               : png_create_write_struct(PNG_LIBPNG_VER_STRING, this, stop, ignore);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      destroy();
      fail("no memory is left for a PNG image");
    }
  }
  ~PngHandle() { destroy(); }
  PngHandle(const PngHandle&) = delete;
  PngHandle& operator=(const PngHandle&) = delete;

  png_structp png() const { return png_; }
  png_infop info() const { return info_; }
  const char* complaint() const { return complaint_; }

  // Whether `step` got to its end. An error inside libpng comes back here by longjmp, so what
  // `step` holds must need no destructor.
  template <class Step>
  bool completes(Step step) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    step();
    return true;
  }

 private:
  [[noreturn]] static void stop(png_structp png, png_const_charp message) {
    auto* handle = static_cast<PngHandle*>(png_get_error_ptr(png));
    std::snprintf(handle->complaint_, sizeof(handle->complaint_), "%s", message);
    png_longjmp(png, 1);
  }
  static void ignore(png_structp, png_const_charp) {}

  void destroy() {
    if (direction_ == Direction::kRead) {
      png_destroy_read_struct(&png_, &info_, nullptr);
    } else {
      png_destroy_write_struct(&png_, &info_);
    }
  }

  Direction direction_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  char complaint_[160] = "";
};

void take_bytes(png_structp png, png_bytep out, png_size_t count) {
  auto* left = static_cast<std::string_view*>(png_get_io_ptr(png));
  if (count > left->size()) png_error(png, "it ends too early");
  std::memcpy(out, left->data(), count);
  left->remove_prefix(count);
}

bool append_bytes(std::string* to, png_const_bytep bytes, png_size_t count) noexcept {
  try {
    to->append(reinterpret_cast<const char*>(bytes), count);
    return true;
  } catch (...) {
    return false;
  }
}

// No exception may pass through libpng, which is C.
void give_bytes(png_structp png, png_bytep bytes, png_size_t count) {
  if (!append_bytes(static_cast<std::string*>(png_get_io_ptr(png)), bytes, count)) {
    png_error(png, "no memory is left");
  }
}

void flush_nothing(png_structp) {}

// The chunk that an animation has before its first picture (APNG).
constexpr png_byte kAnimation[] = "acTL";

int notice_animation(png_structp png, png_unknown_chunkp chunk) {
  if (std::memcmp(chunk->name, kAnimation, sizeof kAnimation) == 0) {
    *static_cast<bool*>(png_get_user_chunk_ptr(png)) = true;
  }
  return 1;  // dealt with
}

// Reads one image; made for one call of decode_png.
class PngReader {
 public:
  PngReader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  Image read(Index most_values) {
    std::string_view left = bytes_;
    must([&] {
      png_set_read_fn(handle_.png(), &left, take_bytes);
      // Every chunk but the five that make the picture is skipped unread, and one that says that
      // it is the first of an animation is noticed.
      png_set_keep_unknown_chunks(handle_.png(), PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
      png_set_keep_unknown_chunks(handle_.png(), PNG_HANDLE_CHUNK_IF_SAFE, kAnimation, 1);
      png_set_read_user_chunk_fn(handle_.png(), &is_animated_, notice_animation);
      png_read_info(handle_.png(), handle_.info());
    });
    Image image = described();
    check_image_size(
        static_cast<std::uint64_t>(image.height), static_cast<std::uint64_t>(image.width),
        static_cast<std::uint64_t>(image.channels + (has_alpha() ? 1 : 0)), most_values, name_);
    check_expansion();
    const bool alpha = has_alpha();
    int passes = 1;
    must([&] {
      unify();
      passes = png_set_interlace_handling(handle_.png());
      png_read_update_info(handle_.png(), handle_.info());
    });
    read_pixels(passes, alpha, image);
    return image;
  }

 private:
  template <class Step>
  void must(Step step) {
    if (handle_.completes(step)) return;
    data_error(fmt::format("{} is not a whole PNG image ({}); get the whole file", name_,
                           handle_.complaint()));
  }

  Image described() const {
    Image image;
    const int colours = png_get_color_type(handle_.png(), handle_.info());
    image.height = png_get_image_height(handle_.png(), handle_.info());
    image.width = png_get_image_width(handle_.png(), handle_.info());
    image.channels = (colours & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
    image.bit_depth = png_get_bit_depth(handle_.png(), handle_.info()) == 16 ? 16 : 8;
    image.had_more_pages = is_animated_;
    return image;
  }

  bool has_alpha() const {
    const int colours = png_get_color_type(handle_.png(), handle_.info());
    return (colours & PNG_COLOR_MASK_ALPHA) != 0 || has_transparent_colours();
  }
  bool has_transparent_colours() const {
    return png_get_valid(handle_.png(), handle_.info(), PNG_INFO_tRNS) != 0;
  }

  // A header of a few bytes must not make us take and clear memory for a picture that cannot be
  // there.
  void check_expansion() const {
    const std::uint64_t unpacked = std::uint64_t{png_get_rowbytes(handle_.png(), handle_.info())} *
                                   png_get_image_height(handle_.png(), handle_.info());
    if (unpacked / kLargestExpansion > bytes_.size()) {
      data_error(
          fmt::format("{} is not a whole PNG image ({} bytes cannot hold its pixels); get "
                      "the whole file",
                      name_, bytes_.size()));
    }
  }

  // Whatever lies in the file, rows come as grey or RGB of 8 or 16 bits, opacity behind.
  void unify() {
    png_structp png = handle_.png();
    if (png_get_color_type(png, handle_.info()) == PNG_COLOR_TYPE_PALETTE) {
      png_set_palette_to_rgb(png);
    } else if (png_get_bit_depth(png, handle_.info()) < 8) {
      png_set_expand_gray_1_2_4_to_8(png);
    }
    if (has_transparent_colours()) png_set_tRNS_to_alpha(png);
    png_set_swap(png);  // of 16 bits: the file has the high byte first
  }

  void read_pixels(int passes, bool has_alpha, Image& image) {
    const std::size_t row_bytes = png_get_rowbytes(handle_.png(), handle_.info());
    const Index row_values = image.width * (image.channels + (has_alpha ? 1 : 0));
    HOURGLASS_CHECK(row_bytes == static_cast<std::size_t>(row_values * image.bit_depth / 8));
    std::vector<std::byte> levels(static_cast<std::size_t>(image.height) * row_bytes);
    must([&] {
      for (int pass = 0; pass < passes; ++pass) {
        for (Index y = 0; y < image.height; ++y) {
          std::byte* row = levels.data() + static_cast<std::size_t>(y) * row_bytes;
          png_read_row(handle_.png(), reinterpret_cast<png_bytep>(row), nullptr);
        }
      }
      png_read_end(handle_.png(), nullptr);
    });
    take_levels(levels.data(), has_alpha, image);
  }

  std::string_view bytes_;
  const std::string& name_;
  PngHandle handle_{PngHandle::Direction::kRead};
  bool is_animated_ = false;
};

}  // namespace

bool looks_like_png(std::string_view head) { return head.starts_with("\x89PNG\r\n\x1a\n"); }

Image decode_png(std::string_view bytes, Index most_values, const std::string& name) {
  return PngReader(bytes, name).read(most_values);
}

std::string encode_png(const Image& image) {
  const int bit_depth = image.bit_depth == 8 ? 8 : 16;
  const bool has_alpha = !image.alpha.empty();
  const Index row_values = image.width * (image.channels + (has_alpha ? 1 : 0));
  PngHandle handle(PngHandle::Direction::kWrite);
  const int colours =
      (image.channels == 3 ? PNG_COLOR_MASK_COLOR : 0) | (has_alpha ? PNG_COLOR_MASK_ALPHA : 0);
  std::string bytes;
  std::vector<float> room;
  const std::span<const float> numbers = numbers_of_pixels(image, room);
  std::vector<std::byte> levels = levels_of_pixels(numbers.data(), std::ssize(numbers), bit_depth);
  const bool written = handle.completes([&] {
    png_set_write_fn(handle.png(), &bytes, give_bytes, flush_nothing);
    png_set_IHDR(handle.png(), handle.info(), static_cast<png_uint_32>(image.width),
                 static_cast<png_uint_32>(image.height), bit_depth, colours, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(handle.png(), handle.info());
    png_set_swap(handle.png());
    for (Index y = 0; y < image.height; ++y) {
      std::byte* row = levels.data() + y * row_values * bit_depth / 8;
      png_write_row(handle.png(), reinterpret_cast<png_bytep>(row));
    }
    png_write_end(handle.png(), handle.info());
  });
  if (!written) fail(fmt::format("cannot make a PNG image: {}", handle.complaint()));
  return bytes;
}

}  // namespace hourglass
