#include "data/corruption_kinds.h"

namespace hourglass {

// Additive, in the features' scaled units: x + σ·n.
void corrupt_gaussian(const SampleCorruption& sample) {
  const float* const normal = sample.draw_normal();
  const float* const numeric = sample.features.numeric.data();
  for (Index f = 0; f < sample.features.count; ++f) {
    sample.values[f] += sample.level * numeric[f] * normal[f];
  }
}

}  // namespace hourglass
