#include "data/spectra.h"

#include <algorithm>
#include <cmath>

namespace hourglass {
namespace {

constexpr float kNearSilence = 1e-7F;

float compressed(float magnitude) { return std::sqrt(std::max(0.0F, magnitude)); }

}  // namespace

float level_of(const std::complex<float>* noisy, const SpectrumPatch& patch) {
  double sum = 0;
  for (Index i = 0; i < patch.features(); ++i) sum += static_cast<double>(std::norm(noisy[i]));
  return std::max(kNearSilence,
                  static_cast<float>(std::sqrt(sum / static_cast<double>(patch.features()))));
}

void compress(const std::complex<float>* noisy, float level, Index count, float* features) {
  for (Index i = 0; i < count; ++i) features[i] = compressed(std::abs(noisy[i]) / level);
}

void compress_in_phase(const std::complex<float>* clean, const std::complex<float>* noisy,
                       float level, Index count, float* features) {
  for (Index i = 0; i < count; ++i) {
    const float magnitude = std::abs(noisy[i]);
    // Re(S X*) / |X| = |S| cos φ.
    const float along = (clean[i] * std::conj(noisy[i])).real();
    features[i] = magnitude > 0 ? compressed(along / magnitude / level) : 0.0F;
  }
}

float gain_of(float given_back, float seen) {
  if (given_back <= 0 || seen <= 0) return 0;
  const float share = std::min(1.0F, given_back / seen);
  return share * share;
}

}  // namespace hourglass
