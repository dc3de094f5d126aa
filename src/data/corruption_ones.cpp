#include "data/corruption_kinds.h"

namespace hourglass {

void corrupt_ones(const SampleCorruption& sample) {
  const float* const uniform = sample.draw_uniform();
  const CorruptibleFeatures& features = sample.features;
  for (Index f = 0; f < features.count; ++f) {
    const auto i = static_cast<std::size_t>(f);
    const bool hit = uniform[f] < sample.level * features.numeric[i];
    sample.values[f] = hit ? features.highest[i] : sample.values[f];
  }
}

}  // namespace hourglass
