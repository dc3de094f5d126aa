#include <algorithm>
#include <cmath>

#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

// At level 1; each is drawn uniformly between this and its opposite.
constexpr double kTurn = 0.5;     // radians
constexpr double kShear = 0.5;    // pixels across for each down
constexpr double kStretch = 0.3;  // of each side
constexpr double kShift = 0.1;    // of each side
constexpr Index kNumbers = 6;

// Where in the original a pixel comes from: a linear map about the middle, and a shift.
struct Affine {
  double xx, xy, yx, yy, left, down;
};

Affine draw_affine(const SampleCorruption& sample) {
  float random[kNumbers];
  fill_uniform(sample.source(1), random, kNumbers);
  const auto within = [&](int i, double most) {
    return most * static_cast<double>(sample.level) * (2 * static_cast<double>(random[i]) - 1);
  };
  const double turn = within(0, kTurn), shear = within(1, kShear);
  const double wide = 1 + within(2, kStretch), high = 1 + within(3, kStretch);
  const double c = std::cos(turn), s = std::sin(turn);
  return {wide * c,
          wide * (c * shear - s),
          high * s,
          high * (s * shear + c),
          within(4, kShift * static_cast<double>(sample.features.width)),
          within(5, kShift * static_cast<double>(sample.features.height))};
}

// The neighbours of a place along one side, the border continued outwards, and the second's share.
struct Between {
  Index first, second;
  float share;
};
Between between(double place, Index length) {
  const double inside = std::clamp(place, 0.0, static_cast<double>(length - 1));
  const auto first = static_cast<Index>(inside);
  return {first, std::min(first + 1, length - 1),
          static_cast<float>(inside - static_cast<double>(first))};
}

}  // namespace

// The image turned, slanted, stretched and moved a little, all at once, bilinearly.
void corrupt_warp(const SampleCorruption& sample) {
  const CorruptibleFeatures& image = sample.features;
  const Affine affine = draw_affine(sample);
  std::copy_n(sample.values, image.count, sample.drawn);
  const double middle_x = static_cast<double>(image.width - 1) / 2;
  const double middle_y = static_cast<double>(image.height - 1) / 2;
  for (Index y = 0; y < image.height; ++y) {
    for (Index x = 0; x < image.width; ++x) {
      const double dx = static_cast<double>(x) - middle_x, dy = static_cast<double>(y) - middle_y;
      const Between across =
          between(affine.xx * dx + affine.xy * dy + middle_x + affine.left, image.width);
      const Between along =
          between(affine.yx * dx + affine.yy * dy + middle_y + affine.down, image.height);
      for (Index c = 0; c < image.channels; ++c) {
        const auto at = [&](Index row, Index col) {
          return sample.drawn[(row * image.width + col) * image.channels + c];
        };
        const auto along_row = [&](Index row) {
          return at(row, across.first) +
                 across.share * (at(row, across.second) - at(row, across.first));
        };
        const float above = along_row(along.first);
        sample.values[(y * image.width + x) * image.channels + c] =
            above + along.share * (along_row(along.second) - above);
      }
    }
  }
}

}  // namespace hourglass
