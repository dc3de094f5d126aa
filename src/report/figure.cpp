#include "report/figure.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <png.h>

#include "base/atomic_file.h"
#include "base/checked.h"
#include "base/error.h"

namespace hourglass {
namespace {

constexpr Index kSmallestCell = 56;  // pixels: what the eye can make out
constexpr Index kMargin = 4;         // pixels around and between cells
constexpr unsigned char kPaper = 255;
constexpr Index kMostSamples = 1000;
constexpr std::uint64_t kMostPixels = 100'000'000;

struct SampleShape {
  Index height = 0;
  Index width = 0;
  Index channels = 1;

  Index values() const { return height * width * channels; }
};

SampleShape image_shape(const std::vector<Index>& shape) {
  const auto refuse = [&](const char* why) {
    usage_error(
        fmt::format("samples of shape [{}] cannot be drawn: {}", fmt::join(shape, ", "), why));
  };
  const bool positive = std::all_of(shape.begin(), shape.end(), [](Index n) { return n > 0; });
  if (shape.empty() || !positive) refuse("they are empty");
  if (shape.size() == 1) {
    const auto side = static_cast<Index>(std::llround(std::sqrt(static_cast<double>(shape[0]))));
    if (side * side != shape[0]) {
      refuse("only images can, or rows whose length is a square number, as 64 for 8 x 8");
    }
    return {side, side, 1};
  }
  if (shape.size() == 3 && shape[2] != 1 && shape[2] != 3) {
    refuse("the last size is the colours, 1 for grey or 3 for red, green and blue");
  }
  if (shape.size() > 3) refuse("only images can: height x width, or height x width x colours");
  return {shape[0], shape[1], shape.size() == 3 ? shape[2] : 1};
}

void check_size(const SampleShape& shape, Index count, Index zoom) {
  const auto pixels = [&](Index side, Index cells) {
    const auto one =
        checked_multiply(static_cast<std::uint64_t>(side), static_cast<std::uint64_t>(zoom));
    const auto cell = one ? checked_add(*one, kMargin) : std::nullopt;
    return cell ? checked_multiply(*cell, static_cast<std::uint64_t>(cells)) : std::nullopt;
  };
  const auto across = pixels(shape.width, count);
  const auto down = pixels(shape.height, 2);
  const auto total = across && down ? checked_multiply(*across, *down) : std::nullopt;
  if (!total || *total > kMostPixels) {
    usage_error(
        fmt::format("a figure of {} samples of {} x {} would have more than {} pixels: "
                    "draw fewer",
                    count, shape.height, shape.width, kMostPixels));
  }
}

unsigned char level(float value, double white) {
  const double share = static_cast<double>(value) / white;
  // Written so that NaN is black.
  return share > 0 ? static_cast<unsigned char>(std::lround(255 * std::min(share, 1.0))) : 0;
}

// Puts one sample into the image, each of its pixels a zoom × zoom square.
void draw(const float* sample, const SampleShape& shape, double white, Index zoom, Index left,
          Index top, Image& image) {
  for (Index y = 0; y < shape.height * zoom; ++y) {
    unsigned char* out = image.pixels.data() + ((top + y) * image.width + left) * shape.channels;
    for (Index x = 0; x < shape.width * zoom; ++x) {
      const float* pixel = sample + (y / zoom * shape.width + x / zoom) * shape.channels;
      for (Index c = 0; c < shape.channels; ++c) *out++ = level(pixel[c], white);
    }
  }
}

void append(png_structp png, png_bytep bytes, png_size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), count);
}

void flush_nothing(png_structp) {}

// libpng reports by this function, which must not return. What it would print to stderr becomes
// our one line.
void throw_error(png_structp, png_const_charp message) {
  fail(fmt::format("cannot make a PNG: {}", message));
}

void ignore_warning(png_structp, png_const_charp) {}

class PngWriter {
 public:
  PngWriter()
      : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, throw_error, ignore_warning)) {
    if (png_ == nullptr) fail("cannot make a PNG: out of memory");
    info_ = png_create_info_struct(png_);
  }
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  std::string encode(const Image& image) {
    std::string bytes;
    png_set_write_fn(png_, &bytes, append, flush_nothing);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(image.width),
                 static_cast<png_uint_32>(image.height), 8,
                 image.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png_, info_);
    for (Index y = 0; y < image.height; ++y) {
      png_write_row(png_, image.pixels.data() + y * image.width * image.channels);
    }
    png_write_end(png_, info_);
    return bytes;
  }

 private:
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

Image reconstruction_figure(const float* originals, const float* reconstructions, Index count,
                            const std::vector<Index>& sample_shape, double white) {
  const SampleShape shape = image_shape(sample_shape);
  if (count < 1 || count > kMostSamples) {
    usage_error(fmt::format("a figure holds 1 to {} samples, not {}", kMostSamples, count));
  }
  if (!std::isfinite(white) || white <= 0) {
    usage_error(fmt::format("the value drawn white must be above 0, not {}", white));
  }
  const Index smaller = std::min(shape.height, shape.width);
  const Index zoom = std::max<Index>(1, (kSmallestCell + smaller - 1) / smaller);
  check_size(shape, count, zoom);

  Image image;
  image.channels = shape.channels;
  const Index step_x = shape.width * zoom + kMargin;
  const Index step_y = shape.height * zoom + kMargin;
  image.width = count * step_x + kMargin;
  image.height = 2 * step_y + kMargin;
  image.pixels.assign(static_cast<std::size_t>(image.width * image.height * image.channels),
                      kPaper);
  for (Index i = 0; i < count; ++i) {
    const Index left = kMargin + i * step_x;
    draw(originals + i * shape.values(), shape, white, zoom, left, kMargin, image);
    draw(reconstructions + i * shape.values(), shape, white, zoom, left, kMargin + step_y, image);
  }
  return image;
}

void write_png(const Image& image, const std::string& path) {
  const std::string bytes = PngWriter().encode(image);
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void write_reconstruction_figure(const std::string& path, const float* originals,
                                 const float* reconstructions, Index count,
                                 const std::vector<Index>& sample_shape, double white) {
  write_png(reconstruction_figure(originals, reconstructions, count, sample_shape, white), path);
}

}  // namespace hourglass
