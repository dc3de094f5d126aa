#include "data/corruption_kinds.h"

namespace hourglass {

// The quotient of two independent normal numbers is Cauchy. It is cut off (0.6 % of the numbers
// are), or the largest of a batch would outweigh all others together.
void corrupt_cauchy(const SampleCorruption& sample) {
  constexpr float kFurthest = 100.0f;
  const auto [count, level, values, numeric] = loop_over(sample);
  float* const above = sample.drawn;
  float* const below = sample.drawn + count;
  fill_normal(sample.source(1), above, count);
  fill_normal(sample.source(2), below, count);
  for (Index f = 0; f < count; ++f) {
    const float quotient = below[f] == 0.0f ? 0.0f : above[f] / below[f];
    const float low_cut = quotient < -kFurthest ? -kFurthest : quotient;
    const float cut = low_cut > kFurthest ? kFurthest : low_cut;
    values[f] += level * numeric[f] * cut;
  }
}

}  // namespace hourglass
