#include "data/corruption_kinds.h"

namespace hourglass {

// Half of the corrupted features become their lowest value, half their highest.
void corrupt_salt_pepper(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  const float* const uniform = sample.draw_uniform();
  const float* const lowest = sample.features.lowest.data();
  const float* const highest = sample.features.highest.data();
  for (Index f = 0; f < count; ++f) {
    const float share = level * numeric[f];
    const float clean = values[f];
    const float low = lowest[f];
    const float high = highest[f];
    const float extreme = uniform[f] < 0.5f * share ? low : high;
    values[f] = uniform[f] < share ? extreme : clean;
  }
}

}  // namespace hourglass
