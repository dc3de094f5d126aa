#include "data/corruption_kinds.h"

namespace hourglass {

// Blanks columns: a number becomes 0, a category none of its levels.
void corrupt_masking(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  const float* const uniform = sample.draw_uniform();
  float* const holes = sample.holes;
  const std::vector<Index>& decided_by = sample.features.decided_by;
  if (decided_by.empty()) {
    for (Index f = 0; f < count; ++f) {
      const float clean = values[f];
      values[f] = uniform[f] < level ? 0.0f : clean;
      holes[f] = uniform[f] < level ? 1.0f : holes[f];
    }
    return;
  }
  for (Index f = 0; f < count; ++f) {
    if (uniform[decided_by[static_cast<std::size_t>(f)]] >= level) continue;
    values[f] = 0.0f;
    holes[f] = 1.0f;
  }
}

}  // namespace hourglass
