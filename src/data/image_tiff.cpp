#include "data/image_tiff.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "data/tiff_memory.h"

namespace hourglass {
namespace {

// A tile or strip may be larger than the picture; up to here that is believed.
constexpr std::uint64_t kMostPartBytes = std::uint64_t{1} << 28;
constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;

constexpr std::array<std::uint16_t, 6> kCompressions = {
    COMPRESSION_NONE,          COMPRESSION_LZW,     COMPRESSION_PACKBITS,
    COMPRESSION_ADOBE_DEFLATE, COMPRESSION_DEFLATE, COMPRESSION_JPEG};

// How the file holds its pixels.
struct TiffLayout {
  std::uint32_t height = 0, width = 0;
  std::uint16_t samples = 1;  // of a pixel, transparency among them
  std::uint16_t bits = 1;     // of a sample
  std::uint16_t format = SAMPLEFORMAT_UINT;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t planes = PLANARCONFIG_CONTIG;
  std::uint16_t compression = COMPRESSION_NONE;
  std::uint16_t orientation = ORIENTATION_TOPLEFT;

  bool separate() const { return planes == PLANARCONFIG_SEPARATE && samples > 1; }
  std::size_t sample_bytes() const { return bits / 8u; }
  // Of one pixel where pixels lie together, of one plane's where planes do.
  std::size_t pixel_bytes() const { return sample_bytes() * (separate() ? 1u : samples); }
};

// Reads one image; made for one call of decode_tiff.
class TiffReader {
 public:
  TiffReader(std::string_view bytes, const std::string& name) : memory_(bytes), name_(name) {}

  Image read(Index most_values) {
    if (memory_.tiff() == nullptr) refuse();
    read_layout();
    check_kind();
    Image image;
    image.height = layout_.height;
    image.width = layout_.width;
    image.channels = layout_.photometric == PHOTOMETRIC_RGB ? 3 : 1;
    image.bit_depth = layout_.bits;
    if (layout_.samples > image.channels) read_kind_of_alpha(image);
    image.is_turned = layout_.orientation != ORIENTATION_TOPLEFT;
    check_image_size(layout_.height, layout_.width, layout_.samples, most_values, name_);
    read_samples(image);
    image.had_more_pages = TIFFLastDirectory(memory_.tiff()) == 0;
    return image;
  }

 private:
  [[noreturn]] void refuse() const {
    const std::string& why = memory_.complaint();
    data_error(fmt::format("{} is not a whole TIFF image ({}); get the whole file", name_,
                           why.empty() ? "its data end too early" : why));
  }
  [[noreturn]] void refuse_kind(const std::string& what) const {
    data_error(
        fmt::format("{} {}; save it as grey or RGB with 8 or 16 bits or as float32", name_, what));
  }

  template <class T>
  void take(std::uint32_t tag, T& value) {
    if (TIFFGetFieldDefaulted(memory_.tiff(), tag, &value) == 0) refuse();
  }

  void read_layout() {
    take(TIFFTAG_IMAGELENGTH, layout_.height);
    take(TIFFTAG_IMAGEWIDTH, layout_.width);
    take(TIFFTAG_SAMPLESPERPIXEL, layout_.samples);
    take(TIFFTAG_BITSPERSAMPLE, layout_.bits);
    take(TIFFTAG_SAMPLEFORMAT, layout_.format);
    take(TIFFTAG_PLANARCONFIG, layout_.planes);
    take(TIFFTAG_COMPRESSION, layout_.compression);
    take(TIFFTAG_ORIENTATION, layout_.orientation);
    if (TIFFGetField(memory_.tiff(), TIFFTAG_PHOTOMETRIC, &layout_.photometric) == 0) {
      layout_.photometric = layout_.samples < 3 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB;
    }
  }

  void check_kind() {
    if (std::ranges::find(kCompressions, layout_.compression) == kCompressions.end()) {
      refuse_kind(fmt::format("is compressed in a way that is not read here (TIFF's number {})",
                              layout_.compression));
    }
    if (layout_.photometric == PHOTOMETRIC_YCBCR && layout_.compression == COMPRESSION_JPEG) {
      // libjpeg can turn it into RGB on its way out.
      TIFFSetField(memory_.tiff(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      layout_.photometric = PHOTOMETRIC_RGB;
    }
    const bool grey = layout_.photometric == PHOTOMETRIC_MINISBLACK ||
                      layout_.photometric == PHOTOMETRIC_MINISWHITE;
    if (!grey && layout_.photometric != PHOTOMETRIC_RGB) {
      refuse_kind(fmt::format("holds neither grey nor RGB (TIFF's photometric number {})",
                              layout_.photometric));
    }
    if (layout_.samples < (grey ? 1 : 3)) {
      refuse_kind(fmt::format("has {} numbers a pixel", layout_.samples));
    }
    const bool whole =
        layout_.format == SAMPLEFORMAT_UINT && (layout_.bits == 8 || layout_.bits == 16);
    const bool floating = layout_.format == SAMPLEFORMAT_IEEEFP && layout_.bits == 32;
    if (!whole && !floating) {
      refuse_kind(fmt::format("has values of {} bits ({})", layout_.bits,
                              layout_.format == SAMPLEFORMAT_UINT     ? "whole numbers"
                              : layout_.format == SAMPLEFORMAT_IEEEFP ? "floating point"
                                                                      : "signed or other"));
    }
  }

  // What lies behind the colours and is not said to be anything else is taken for opacity.
  void read_kind_of_alpha(Image& image) {
    std::uint16_t count = 0;
    std::uint16_t* kinds = nullptr;
    if (TIFFGetField(memory_.tiff(), TIFFTAG_EXTRASAMPLES, &count, &kinds) == 0) return;
    image.premultiplied = count > 0 && kinds[0] == EXTRASAMPLE_ASSOCALPHA;
  }

  void read_samples(Image& image) {
    image.pixels.resize(static_cast<std::size_t>(image.values()));
    const bool tiled = TIFFIsTiled(memory_.tiff()) != 0;
    const std::uint64_t part =
        tiled ? TIFFTileSize64(memory_.tiff()) : TIFFStripSize64(memory_.tiff());
    const auto all = checked_multiply(std::uint64_t{layout_.height} * layout_.width,
                                      std::uint64_t{layout_.samples} * layout_.sample_bytes());
    if (part == 0 || part > kMostPartBytes || !all || *all > kMostFileBytes) {
      refuse_kind("is cut into pieces too large to be read");
    }
    part_.resize(static_cast<std::size_t>(part));
    const bool has_alpha = layout_.samples > image.channels;
    if (has_alpha) image.alpha.resize(static_cast<std::size_t>(image.height * image.width));
    const int planes =
        layout_.separate() ? static_cast<int>(image.channels) + (has_alpha ? 1 : 0) : 1;
    for (int plane = 0; plane < planes; ++plane) {
      tiled ? read_tiles(image, plane) : read_strips(image, plane);
    }
    if (!memory_.complaint().empty()) refuse();
  }

  void read_strips(Image& image, int plane) {
    std::uint32_t rows = 0;
    take(TIFFTAG_ROWSPERSTRIP, rows);
    if (rows == 0) refuse();
    rows = std::min(rows, layout_.height);
    for (std::uint32_t y = 0; y < layout_.height; y += rows) {
      const std::uint32_t count = std::min(rows, layout_.height - y);
      const std::size_t size = std::size_t{count} * layout_.width * layout_.pixel_bytes();
      if (size > part_.size()) refuse();
      const std::uint32_t strip =
          TIFFComputeStrip(memory_.tiff(), y, static_cast<std::uint16_t>(plane));
      const tmsize_t got =
          TIFFReadEncodedStrip(memory_.tiff(), strip, part_.data(), static_cast<tmsize_t>(size));
      if (got != static_cast<tmsize_t>(size)) refuse();
      for (std::uint32_t r = 0; r < count; ++r) {
        const std::byte* from =
            part_.data() + std::size_t{r} * layout_.width * layout_.pixel_bytes();
        keep(from, layout_.width, y + r, 0, plane, image);
      }
    }
  }

  void read_tiles(Image& image, int plane) {
    std::uint32_t tile_width = 0, tile_height = 0;
    take(TIFFTAG_TILEWIDTH, tile_width);
    take(TIFFTAG_TILELENGTH, tile_height);
    const std::uint64_t row_bytes = std::uint64_t{tile_width} * layout_.pixel_bytes();
    const auto tile_bytes = checked_multiply(row_bytes, tile_height);
    if (tile_width == 0 || tile_height == 0 || !tile_bytes || *tile_bytes > part_.size()) refuse();
    for (std::uint64_t y = 0; y < layout_.height; y += tile_height) {
      for (std::uint64_t x = 0; x < layout_.width; x += tile_width) {
        const auto top = static_cast<std::uint32_t>(y);
        const auto left = static_cast<std::uint32_t>(x);
        const std::uint32_t tile =
            TIFFComputeTile(memory_.tiff(), left, top, 0, static_cast<std::uint16_t>(plane));
        const tmsize_t got = TIFFReadEncodedTile(memory_.tiff(), tile, part_.data(),
                                                 static_cast<tmsize_t>(*tile_bytes));
        if (got != static_cast<tmsize_t>(*tile_bytes)) refuse();
        const std::uint32_t rows = std::min(tile_height, layout_.height - top);
        const std::uint32_t across = std::min(tile_width, layout_.width - left);
        for (std::uint32_t r = 0; r < rows; ++r) {
          keep(part_.data() + r * row_bytes, across, top + r, left, plane, image);
        }
      }
    }
  }

  // `count` pixels of one row from `from`, as the file has them, into the image at (y, x). Of what
  // comes after the colours the first is opacity and the rest left out.
  void keep(const std::byte* from, std::uint32_t count, std::uint32_t y, std::uint32_t x, int plane,
            Image& image) const {
    const Index pixel = Index{y} * image.width + x;
    float* const colours = image.pixels.data() + pixel * image.channels;
    float* const alpha = image.alpha.empty() ? nullptr : image.alpha.data() + pixel;
    if (layout_.separate()) {
      const bool is_colour = plane < image.channels;
      if (is_colour) keep_colours(from, count, 1, colours + plane, image.channels);
      if (!is_colour) copy_samples(from, count, 1, alpha, 1);
      return;
    }
    keep_colours(from, count, image.channels, colours, image.channels);
    if (alpha == nullptr) return;
    copy_samples(from + static_cast<std::size_t>(image.channels) * layout_.sample_bytes(), count, 1,
                 alpha, 1);
  }

  void keep_colours(const std::byte* from, std::uint32_t count, Index channels, float* to,
                    Index step) const {
    copy_samples(from, count, channels, to, step);
    if (layout_.photometric != PHOTOMETRIC_MINISWHITE) return;
    for (std::uint32_t i = 0; i < count; ++i) to[i * step] = 1 - to[i * step];
  }

  // `samples` numbers of each pixel, `step` apart.
  void copy_samples(const std::byte* from, std::uint32_t count, Index samples, float* to,
                    Index step) const {
    for (std::uint32_t i = 0; i < count; ++i, from += layout_.pixel_bytes(), to += step) {
      if (layout_.bits == 32) {
        std::memcpy(to, from, static_cast<std::size_t>(samples) * sizeof(float));
      } else {
        pixels_of_levels(from, samples, layout_.bits, to);
      }
    }
  }

  TiffMemory memory_;
  const std::string& name_;
  TiffLayout layout_;
  std::vector<std::byte> part_;  // one strip or tile, unpacked
};

std::vector<std::byte> bytes_of(const Image& image) {
  std::vector<float> room;
  const std::span<const float> numbers = numbers_of_pixels(image, room);
  if (image.bit_depth != 32) {
    return levels_of_pixels(numbers.data(), std::ssize(numbers), image.bit_depth);
  }
  std::vector<std::byte> bytes(numbers.size() * sizeof(float));
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

int samples_of(const Image& image) {
  return static_cast<int>(image.channels) + (image.alpha.empty() ? 0 : 1);
}

void describe(TIFF* tiff, const Image& image) {
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, static_cast<std::uint32_t>(image.height));
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, static_cast<std::uint32_t>(image.width));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples_of(image));
  if (!image.alpha.empty()) {
    const std::uint16_t kind =
        image.premultiplied ? EXTRASAMPLE_ASSOCALPHA : EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &kind);
  }
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, image.bit_depth);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
               image.bit_depth == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
               image.channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
}

}  // namespace

bool looks_like_tiff(std::string_view head) {
  using namespace std::string_view_literals;
  return head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv) ||
         head.starts_with("II+\0"sv) || head.starts_with("MM\0+"sv);
}

Image decode_tiff(std::string_view bytes, Index most_values, const std::string& name) {
  return TiffReader(bytes, name).read(most_values);
}

std::string encode_tiff(const Image& image) {
  TiffMemory memory;
  const auto check = [&](bool done) {
    if (!done) fail(fmt::format("cannot make a TIFF image: {}", memory.complaint()));
  };
  check(memory.tiff() != nullptr);
  describe(memory.tiff(), image);
  std::vector<std::byte> bytes = bytes_of(image);
  const Index row_bytes = image.width * samples_of(image) * image.bit_depth / 8;
  for (Index y = 0; y < image.height; ++y) {
    check(TIFFWriteScanline(memory.tiff(), bytes.data() + y * row_bytes,
                            static_cast<std::uint32_t>(y), 0) == 1);
  }
  check(TIFFFlush(memory.tiff()) == 1);
  std::string file = memory.finish();
  check(memory.complaint().empty());
  return file;
}

}  // namespace hourglass
