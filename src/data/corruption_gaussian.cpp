#include "data/corruption_kinds.h"

namespace hourglass {

// Additive, in the features' scaled units: x + σ·n.
void corrupt_gaussian(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  const float* const normal = sample.draw_normal();
  for (Index f = 0; f < count; ++f) values[f] += level * numeric[f] * normal[f];
}

}  // namespace hourglass
