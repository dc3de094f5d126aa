#pragma once

#include <complex>

#include "base/index.h"

namespace hourglass {

/// What a network sees of a stretch of sound and gives back of it: magnitudes of frames × bins, in
/// units of the stretch's own root mean square, of which square roots are taken, so that quiet
/// detail is not lost beside what is loud, and how loud a recording is does not matter.
struct SpectrumPatch {
  Index frames = 0;
  Index bins = 0;  ///< the last bin of a transform, at half the rate, is left out

  Index features() const { return frames * bins; }
};

/// √(mean |X|²) of `patch.features()` numbers; of near silence a little more, so that it can be
/// divided by.
float level_of(const std::complex<float>* noisy, const SpectrumPatch& patch);

/// √(|X| / level).
void compress(const std::complex<float>* noisy, float level, Index count, float* features);

/// What is to be given back: √(|S| cos φ / level), φ being the angle between the clean and the
/// noisy number, so that the noisy phase, which is kept, does the least harm (Erdogan et al.,
/// "Phase-sensitive and recognition-boosted speech separation", ICASSP 2015); 0 where it is
/// negative.
void compress_in_phase(const std::complex<float>* clean, const std::complex<float>* noisy,
                       float level, Index count, float* features);

/// What the noisy number is multiplied by, from 0 to 1, where `given_back` came of `seen`.
float gain_of(float given_back, float seen);

}  // namespace hourglass
