#pragma once

#include <vector>

#include "data/holes.h"
#include "data/image.h"
#include "linalg/gaussian_estimate.h"

namespace hourglass {

/// Fills holes of images by a linear estimate of samples that are such images: the same holes in
/// any number of them. A grey estimate fills each channel of a picture in colour by itself.
class LinearHoleFiller {
 public:
  /// `holes`: at least one pixel is missing. Refers to the estimate, whose samples have one channel
  /// or more for each of the pixels.
  LinearHoleFiller(const GaussianEstimate& estimate, Holes holes);

  bool is_for(const Holes& holes) const { return holes == holes_; }
  /// Another noise than the estimate's from now on.
  void expect_noise(double noise) { mean_.expect_noise(noise); }

  /// Whether an image has as many numbers as a sample, or one that is grey has for each channel.
  bool takes(const Image& image) const;
  /// `image`: one it takes, in the estimate's units. False, with only some of it filled, where
  /// there is no estimate (see ConditionalMean).
  bool fill(Image& image) const;

 private:
  Holes holes_;
  Index channels_;  // of a sample
  ConditionalMean mean_;
};

}  // namespace hourglass
