#include "report/figure.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/checked.h"
#include "base/error.h"
#include "data/image_png.h"

namespace hourglass {
namespace {

constexpr Index kSmallestCell = 56;  // pixels: what the eye can make out
constexpr Index kMargin = 4;         // pixels around and between cells
constexpr float kPaper = 1;
constexpr Index kMostSamples = 1000;
constexpr std::uint64_t kMostValues = 100'000'000;

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

Index zoom_of(const SampleShape& shape) {
  const Index smaller = std::min(shape.height, shape.width);
  return std::max<Index>(1, (kSmallestCell + smaller - 1) / smaller);
}

void check_size(const SampleShape& shape, Index across, Index down, Index zoom) {
  const auto pixels = [&](Index side, Index cells) {
    const auto one =
        checked_multiply(static_cast<std::uint64_t>(side), static_cast<std::uint64_t>(zoom));
    const auto cell = one ? checked_add(*one, kMargin) : std::nullopt;
    return cell ? checked_multiply(*cell, static_cast<std::uint64_t>(cells)) : std::nullopt;
  };
  const auto width = pixels(shape.width, across);
  const auto height = pixels(shape.height, down);
  const auto pixel_count = width && height ? checked_multiply(*width, *height) : std::nullopt;
  const auto total =
      pixel_count ? checked_multiply(*pixel_count, static_cast<std::uint64_t>(shape.channels))
                  : std::nullopt;
  if (!total || *total > kMostValues) {
    usage_error(
        fmt::format("a figure of {} samples of {} x {} would have more than {} values: "
                    "draw fewer",
                    across * down, shape.height, shape.width, kMostValues));
  }
}

float shade(float value, double white) {
  const double share = static_cast<double>(value) / white;
  // Written so that NaN is black.
  return share > 0 ? static_cast<float>(std::min(share, 1.0)) : 0.0f;
}

// Puts one sample into the image, each of its pixels a zoom × zoom square.
void draw(const float* sample, const SampleShape& shape, double white, Index zoom, Index left,
          Index top, Image& image) {
  for (Index y = 0; y < shape.height * zoom; ++y) {
    float* out = image.pixels.data() + ((top + y) * image.width + left) * shape.channels;
    for (Index x = 0; x < shape.width * zoom; ++x) {
      const float* pixel = sample + (y / zoom * shape.width + x / zoom) * shape.channels;
      for (Index c = 0; c < shape.channels; ++c) *out++ = shade(pixel[c], white);
    }
  }
}

}  // namespace

Image sample_grid(const float* samples, Index across, Index down,
                  const std::vector<Index>& sample_shape, double white) {
  const SampleShape shape = image_shape(sample_shape);
  if (!std::isfinite(white) || white <= 0) {
    usage_error(fmt::format("the value drawn white must be above 0, not {}", white));
  }
  const Index zoom = zoom_of(shape);
  check_size(shape, across, down, zoom);

  Image image;
  image.channels = shape.channels;
  const Index step_x = shape.width * zoom + kMargin;
  const Index step_y = shape.height * zoom + kMargin;
  image.width = across * step_x + kMargin;
  image.height = down * step_y + kMargin;
  image.pixels.assign(static_cast<std::size_t>(image.width * image.height * image.channels),
                      kPaper);
  for (Index i = 0; i < across * down; ++i) {
    const float* const sample = samples + i * shape.values();
    const auto is_nan = [](float value) { return std::isnan(value); };
    if (std::all_of(sample, sample + shape.values(), is_nan)) continue;
    draw(sample, shape, white, zoom, kMargin + i % across * step_x, kMargin + i / across * step_y,
         image);
  }
  return image;
}

Image reconstruction_figure(const float* originals, const float* reconstructions, Index count,
                            const std::vector<Index>& sample_shape, double white) {
  const SampleShape shape = image_shape(sample_shape);
  if (count < 1 || count > kMostSamples) {
    usage_error(fmt::format("a figure holds 1 to {} samples, not {}", kMostSamples, count));
  }
  check_size(shape, count, 2, zoom_of(shape));
  const Index numbers = count * shape.values();
  std::vector<float> both(originals, originals + numbers);
  both.insert(both.end(), reconstructions, reconstructions + numbers);
  return sample_grid(both.data(), count, 2, sample_shape, white);
}

void write_reconstruction_figure(const std::string& path, const float* originals,
                                 const float* reconstructions, Index count,
                                 const std::vector<Index>& sample_shape, double white) {
  AtomicFile file(path);
  file.write(
      encode_png(reconstruction_figure(originals, reconstructions, count, sample_shape, white)));
  file.commit();
}

void write_sample_grid(const std::string& path, const float* samples, Index across, Index down,
                       const std::vector<Index>& sample_shape, double white) {
  write_file(path, encode_png(sample_grid(samples, across, down, sample_shape, white)));
}

}  // namespace hourglass
