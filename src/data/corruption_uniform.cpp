#include "data/corruption_kinds.h"

namespace hourglass {

// Additive, uniform over ± the level.
void corrupt_uniform(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  const float* const uniform = sample.draw_uniform();
  for (Index f = 0; f < count; ++f) values[f] += level * numeric[f] * (2 * uniform[f] - 1);
}

}  // namespace hourglass
