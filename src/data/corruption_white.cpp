#include <cmath>

#include "data/corruption_kinds.h"

namespace hourglass {

// Normal noise whose expected power is the sample's over 10^(dB/10).
void corrupt_white(const SampleCorruption& sample) {
  const auto [count, level, values, numeric] = loop_over(sample);
  double power = 0, numbers = 0;
  for (Index f = 0; f < count; ++f) {
    power += static_cast<double>(numeric[f] * values[f] * values[f]);
    numbers += static_cast<double>(numeric[f]);
  }
  if (numbers == 0) return;
  const double ratio = std::pow(10.0, static_cast<double>(level) / 10);
  const auto deviation = static_cast<float>(std::sqrt(power / numbers / ratio));
  const float* const normal = sample.draw_normal();
  for (Index f = 0; f < count; ++f) values[f] += deviation * numeric[f] * normal[f];
}

}  // namespace hourglass
