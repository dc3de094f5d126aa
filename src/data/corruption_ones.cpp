#include "data/corruption_kinds.h"

namespace hourglass {

void corrupt_ones(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  const float* const uniform = sample.draw_uniform();
  const float* const highest = sample.features.highest.data();
  for (Index f = 0; f < count; ++f) {
    const float clean = values[f];
    const float high = highest[f];
    values[f] = uniform[f] < level * numeric[f] ? high : clean;
  }
}

}  // namespace hourglass
