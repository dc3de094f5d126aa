#include <cmath>

#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

// Σ m·x², over what noise is added to.
double power(const float* values, const std::vector<float>& numeric) {
  double sum = 0;
  for (std::size_t f = 0; f < numeric.size(); ++f) {
    sum += static_cast<double>(numeric[f] * values[f] * values[f]);
  }
  return sum;
}

}  // namespace

// A stretch of the recording from a random place on, scaled so that the power of the sample is
// 10^(dB/10) times that of what is added. A silent sample, or stretch, stays as it is.
void corrupt_recording(const SampleCorruption& sample) {
  float random[2];
  fill_uniform(sample.source(1), random, 2);
  const double place = static_cast<double>(random[0]) + static_cast<double>(random[1]) * 0x1p-24;
  const std::vector<float>& series = sample.recording->series;
  const auto places =
      static_cast<double>(static_cast<Index>(series.size()) - sample.features.count + 1);
  const float* const noise = series.data() + static_cast<Index>(place * places);

  const std::vector<float>& numeric = sample.features.numeric;
  const double signal_power = power(sample.values, numeric);
  const double noise_power = power(noise, numeric);
  if (noise_power == 0) return;
  const double ratio = std::pow(10.0, static_cast<double>(sample.level) / 10);
  const auto gain = static_cast<float>(std::sqrt(signal_power / (ratio * noise_power)));
  const auto [count, level, values, counts] = loop_over(sample);
  for (Index f = 0; f < count; ++f) values[f] += gain * counts[f] * noise[f];
}

}  // namespace hourglass
