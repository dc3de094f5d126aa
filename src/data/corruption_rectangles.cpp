#include <algorithm>
#include <cmath>

#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

constexpr Index kMostHoles = 16;
constexpr Index kNumbersPerHole = 3;

Index rounded(double length, Index most) {
  return std::clamp<Index>(std::llround(length), 1, most);
}

// 0 … count − 1, from a number in [0, 1).
Index below(Index count, float uniform) {
  return static_cast<Index>(static_cast<double>(count) * static_cast<double>(uniform));
}

// Cuts a rectangle out and returns how many of its pixels were not yet holes. `hole`: height ·
// width, 1 where there is one.
Index cut(const SampleCorruption& sample, float* hole, Index top, Index left, Index height,
          Index width) {
  const CorruptibleFeatures& image = sample.features;
  Index fresh = 0;
  for (Index y = top; y < top + height; ++y) {
    for (Index x = left; x < left + width; ++x) {
      const Index pixel = y * image.width + x;
      fresh += hole[pixel] == 0.0f ? 1 : 0;
      hole[pixel] = 1.0f;
      sample.cut_out(pixel);
    }
  }
  return fresh;
}

}  // namespace

// Holes of random place and form, one after the other, until together they cover the share: the
// last is made as large as what is missing, so that the share is met but for overlaps and rounding.
void cut_rectangles(const SampleCorruption& sample, double largest_part) {
  const CorruptibleFeatures& image = sample.features;
  float random[kMostHoles * kNumbersPerHole];
  fill_uniform(sample.source(1), random, kMostHoles * kNumbersPerHole);
  const Index pixels = image.height * image.width;
  std::fill_n(sample.drawn, pixels, 0.0f);
  const double wanted = static_cast<double>(sample.level) * static_cast<double>(pixels);
  double missing = wanted;
  for (Index i = 0; i < kMostHoles && missing >= 0.5; ++i) {
    const float* const u = random + i * kNumbersPerHole;
    const double area = std::min(missing, std::max(1.0, largest_part * wanted));
    const double aspect = std::exp2(2 * static_cast<double>(u[0]) - 1);  // ½ … 2
    const Index height = rounded(std::sqrt(area * aspect), image.height);
    const Index width = rounded(area / static_cast<double>(height), image.width);
    const Index top = below(image.height - height + 1, u[1]);
    const Index left = below(image.width - width + 1, u[2]);
    missing -= static_cast<double>(cut(sample, sample.drawn, top, left, height, width));
  }
}

// So that there are a few.
void corrupt_rectangles(const SampleCorruption& sample) { cut_rectangles(sample, 0.4); }

}  // namespace hourglass
