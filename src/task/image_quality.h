#pragma once

#include "data/holes.h"
#include "data/image.h"

namespace hourglass {

/// The peak signal-to-noise ratio, in dB, of a mean squared error in units of the pictures' range
/// (0 … 1): −10 log₁₀; infinite where there is no error.
double psnr_of_error(double mean_squared_error);

/// Of a picture against the clean one of the same size and channels, both in [0, 1].
double psnr(const Image& picture, const Image& clean);

/// Mean squared error over the pixels that are missing, at least one.
double squared_error_in(const Holes& holes, const Image& picture, const Image& clean);

/// Structural similarity (Wang et al., "Image quality assessment: from error visibility to
/// structural similarity", 2004): mean over all places of an 11 × 11 Gaussian window of σ = 1.5
/// within the picture, K₁ = 0.01, K₂ = 0.03, range 1; of colours the mean over the three. NaN where
/// no window fits. Works in a few rows of memory.
double ssim(const Image& picture, const Image& clean);
/// The same over windows whose centre is missing.
double ssim_in(const Holes& holes, const Image& picture, const Image& clean);

}  // namespace hourglass
