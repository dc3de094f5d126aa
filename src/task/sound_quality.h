#pragma once

#include "base/index.h"

namespace hourglass {

/// Scale-invariant signal-to-distortion ratio of an estimate x of clean sound s, in dB (Le Roux et
/// al., "SDR – half-baked or well done?", ICASSP 2019): 10 log₁₀ ‖αs‖² / ‖x − αs‖², α = ⟨x, s⟩ /
/// ‖s‖². Added up in float64, a block at a time.
class SiSdr {
 public:
  /// `step`: from one number to the next of both, as where channels are interleaved.
  void add(const float* estimate, const float* clean, Index count, Index step = 1);
  /// NaN where either is silent; infinite where they are the same but for their scale.
  double decibels() const;

 private:
  double estimate_ = 0, clean_ = 0, both_ = 0;
};

}  // namespace hourglass
