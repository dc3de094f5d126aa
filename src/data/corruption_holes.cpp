#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

// Beyond the streams that the kinds themselves draw from.
constexpr std::uint32_t kChoiceStream = 255;
// Of what is to be covered, the least that the largest rectangle takes.
constexpr double kSmallestPart = 0.25;

}  // namespace

// Half of the images by rectangles, as what is missing is often one region, a quarter each by
// strokes and by scattered pixels. One rectangle takes all, or several share.
void corrupt_holes(const SampleCorruption& sample) {
  float random[2];
  fill_uniform(sample.source(kChoiceStream), random, 2);
  if (random[0] < 0.5f) {
    cut_rectangles(sample, kSmallestPart + (1 - kSmallestPart) * static_cast<double>(random[1]));
  } else if (random[0] < 0.75f) {
    corrupt_strokes(sample);
  } else {
    corrupt_pixels(sample);
  }
}

}  // namespace hourglass
