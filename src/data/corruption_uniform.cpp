#include "data/corruption_kinds.h"

namespace hourglass {

// Additive, uniform over ± the level.
void corrupt_uniform(const SampleCorruption& sample) {
  const float* const uniform = sample.draw_uniform();
  const float* const numeric = sample.features.numeric.data();
  for (Index f = 0; f < sample.features.count; ++f) {
    sample.values[f] += sample.level * numeric[f] * (2 * uniform[f] - 1);
  }
}

}  // namespace hourglass
