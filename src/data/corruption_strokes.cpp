#include <algorithm>
#include <cmath>
#include <numbers>

#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

constexpr std::uint32_t kMostStrokes = 64;
// Straight ones in a stroke, each as long as an eighth of the image.
constexpr Index kStretches = 8;
constexpr Index kNumbersPerStroke = 4 + kStretches;
constexpr double kLargestTurn = std::numbers::pi / 3;  // from one stretch to the next

// A brush that wipes out what it passes over until enough is gone.
class Brush {
 public:
  // `sample.drawn` holds which pixels are gone.
  Brush(const SampleCorruption& sample, double wanted) : sample_(sample), missing_(wanted) {
    std::fill_n(sample.drawn, sample.features.height * sample.features.width, 0.0f);
  }

  bool done() const { return missing_ < 0.5; }

  void press(double y, double x, double radius) {
    const CorruptibleFeatures& image = sample_.features;
    const auto reach = static_cast<Index>(std::ceil(radius));
    const auto middle_y = static_cast<Index>(std::floor(y));
    const auto middle_x = static_cast<Index>(std::floor(x));
    for (Index row = std::max<Index>(0, middle_y - reach);
         row <= std::min(image.height - 1, middle_y + reach); ++row) {
      for (Index column = std::max<Index>(0, middle_x - reach);
           column <= std::min(image.width - 1, middle_x + reach); ++column) {
        const double down = static_cast<double>(row) + 0.5 - y;
        const double across = static_cast<double>(column) + 0.5 - x;
        if (down * down + across * across <= radius * radius) wipe(row * image.width + column);
      }
    }
  }

 private:
  void wipe(Index pixel) {
    float& gone = sample_.drawn[pixel];
    if (gone != 0.0f || done()) return;
    gone = 1.0f;
    missing_ -= 1;
    sample_.cut_out(pixel);
  }

  const SampleCorruption& sample_;
  double missing_;  // pixels still to be wiped out
};

// From a random place in a random direction, turning a little after each stretch.
void draw_stroke(const SampleCorruption& sample, const float* random, Brush& brush) {
  const CorruptibleFeatures& image = sample.features;
  const auto height = static_cast<double>(image.height), width = static_cast<double>(image.width);
  const double side = std::min(height, width);
  double y = height * static_cast<double>(random[0]);
  double x = width * static_cast<double>(random[1]);
  double angle = 2 * std::numbers::pi * static_cast<double>(random[2]);
  const double radius = 0.75 + side / 20 * static_cast<double>(random[3]);
  for (Index stretch = 0; stretch < kStretches && !brush.done(); ++stretch) {
    angle += kLargestTurn * (2 * static_cast<double>(random[4 + stretch]) - 1);
    // Half a pixel at a time, so that a stroke has no gaps.
    for (double along = 0; along < side / 8 && !brush.done(); along += 0.5) {
      y += 0.5 * std::sin(angle);
      x += 0.5 * std::cos(angle);
      brush.press(y, x, radius);
    }
  }
}

}  // namespace

// Strokes of random place, width and bends, one after the other, until the share is gone.
void corrupt_strokes(const SampleCorruption& sample) {
  const Index pixels = sample.features.height * sample.features.width;
  Brush brush(sample, static_cast<double>(sample.level) * static_cast<double>(pixels));
  float random[kNumbersPerStroke];
  for (std::uint32_t stroke = 1; stroke <= kMostStrokes && !brush.done(); ++stroke) {
    fill_uniform(sample.source(stroke), random, kNumbersPerStroke);
    draw_stroke(sample, random, brush);
  }
}

}  // namespace hourglass
