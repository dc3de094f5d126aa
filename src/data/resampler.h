#pragma once

#include <memory>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// Brings one channel of sound from one rate to another, a block at a time, by windowed sinc
/// interpolation (libsamplerate). What comes out begins when what goes in does and is as long.
/// Used by one thread.
class Resampler {
 public:
  /// Samples a second: each at least 1, and neither more than 256 times the other.
  Resampler(double from, double to);
  ~Resampler();
  Resampler(const Resampler&) = delete;
  Resampler& operator=(const Resampler&) = delete;

  /// Appends what these samples make certain to `out`; `last`: and all the rest.
  void convert(const float* samples, Index count, bool last, std::vector<float>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
