#include "task/sound_quality.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hourglass {

void SiSdr::add(const float* estimate, const float* clean, Index count, Index step) {
  for (Index i = 0; i < count * step; i += step) {
    const double x = estimate[i], s = clean[i];
    estimate_ += x * x;
    clean_ += s * s;
    both_ += x * s;
  }
}

double SiSdr::decibels() const {
  if (estimate_ == 0 || clean_ == 0) return std::numeric_limits<double>::quiet_NaN();
  const double signal = both_ * both_ / clean_;  // ‖αs‖²
  return 10 * std::log10(signal / std::max(0.0, estimate_ - signal));
}

}  // namespace hourglass
