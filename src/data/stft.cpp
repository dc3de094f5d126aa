#include "data/stft.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <kiss_fftr.h>
#include <numbers>

#include "base/error.h"

namespace hourglass {
namespace {

const kiss_fft_cpx* as_plain(const std::complex<float>* spectrum) {
  return reinterpret_cast<const kiss_fft_cpx*>(spectrum);
}

// Sizes whose factors are small; small ones are fast whatever their factors.
bool is_fast(Index size) {
  if (size <= 256) return true;
  for (const Index factor : {2, 3, 5}) {
    while (size % factor == 0) size /= factor;
  }
  return size == 1;
}

}  // namespace

void Stft::Delete::operator()(kiss_fftr_state* plan) const { kiss_fftr_free(plan); }

Stft::Stft(Index frame)
    : frame_(frame),
      there_(kiss_fftr_alloc(static_cast<int>(frame), 0, nullptr, nullptr)),
      back_(kiss_fftr_alloc(static_cast<int>(frame), 1, nullptr, nullptr)),
      window_(static_cast<std::size_t>(frame)),
      windowed_(window_.size()) {
  HOURGLASS_CHECK(frame >= 4 && frame % 4 == 0 && there_ && back_);
  // √(½ − ½ cos 2πi/n) = sin πi/n.
  for (std::size_t i = 0; i < window_.size(); ++i) {
    window_[i] = static_cast<float>(
        std::sin(std::numbers::pi * static_cast<double>(i) / static_cast<double>(frame)));
  }
}

void Stft::forward(const float* samples, std::complex<float>* spectrum) {
  for (std::size_t i = 0; i < window_.size(); ++i) windowed_[i] = window_[i] * samples[i];
  kiss_fftr(there_.get(), windowed_.data(), reinterpret_cast<kiss_fft_cpx*>(spectrum));
}

// Squared windows a quarter apart add up to 2; the transform itself multiplies by the frame.
void Stft::inverse(const std::complex<float>* spectrum, float* samples) {
  kiss_fftri(back_.get(), as_plain(spectrum), samples);
  const float scale = 1 / (2 * static_cast<float>(frame_));
  for (std::size_t i = 0; i < window_.size(); ++i) samples[i] *= scale * window_[i];
}

Index frame_at(double rate) {
  constexpr double kSeconds = 0.03;
  return static_cast<Index>(
      std::bit_ceil(static_cast<std::uint64_t>(std::max(16.0, kSeconds * rate))));
}

Index frame_like(Index frame, double rate, double other_rate) {
  const double wanted = static_cast<double>(frame) * other_rate / rate;
  const auto around = std::max<Index>(4, static_cast<Index>(std::lround(wanted / 4)) * 4);
  for (Index step = 0;; step += 4) {
    if (is_fast(around + step)) return around + step;
    if (around - step >= 4 && is_fast(around - step)) return around - step;
  }
}

}  // namespace hourglass
