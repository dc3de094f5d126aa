#include "data/corruption_kinds.h"

namespace hourglass {

// Half of the corrupted features become their lowest value, half their highest.
void corrupt_salt_pepper(const SampleCorruption& sample) {
  const float* const uniform = sample.draw_uniform();
  const CorruptibleFeatures& features = sample.features;
  for (Index f = 0; f < features.count; ++f) {
    const auto i = static_cast<std::size_t>(f);
    const float share = sample.level * features.numeric[i];
    const float extreme = uniform[f] < 0.5f * share ? features.lowest[i] : features.highest[i];
    sample.values[f] = uniform[f] < share ? extreme : sample.values[f];
  }
}

}  // namespace hourglass
