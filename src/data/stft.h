#pragma once

#include <complex>
#include <memory>
#include <vector>

#include "base/index.h"

struct kiss_fftr_state;

namespace hourglass {

/// Short-time Fourier transform of one frame, and back, with the square root of a Hann window on
/// either way: frames a quarter of their length apart that went there and back add up to what they
/// were cut from. Not to be shared between threads.
class Stft {
 public:
  /// Samples in a frame, a multiple of 4.
  explicit Stft(Index frame);

  Index frame() const { return frame_; }
  Index hop() const { return frame_ / 4; }  ///< samples from one frame to the next
  Index bins() const { return frame_ / 2 + 1; }

  /// frame samples → bins numbers.
  void forward(const float* samples, std::complex<float>* spectrum);
  /// The way back, scaled so that overlapping frames have only to be added. The imaginary parts of
  /// the first and the last bin count for nothing.
  void inverse(const std::complex<float>* spectrum, float* samples);

 private:
  struct Delete {
    void operator()(kiss_fftr_state* plan) const;
  };
  using Plan = std::unique_ptr<kiss_fftr_state, Delete>;

  Index frame_;
  Plan there_, back_;
  std::vector<float> window_, windowed_;
};

/// The length of a frame in samples at a rate: the power of two from 30 ms on.
Index frame_at(double rate);
/// The frame at another rate of nearly the same duration (to 2 % at usual rates) that is
/// transformed fast.
Index frame_like(Index frame, double rate, double other_rate);

}  // namespace hourglass
