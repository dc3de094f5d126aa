#pragma once

#include <vector>

#include "data/image.h"

namespace hourglass {

/// The numbers between which a picture's grey goes from black to white.
struct GreyRange {
  double black = 0;
  double white = 1;
};

/// The errors between which a pixel's colour goes, by their logarithm, from clear over red to
/// yellow. Both are above 0, and `yellow` is the larger.
struct ErrorRange {
  double clear = 1;
  double yellow = 2;
};

/// A picture, height × width × channels numbers, in dim grey (the mean of its channels), and over
/// it `errors`, of the same shape, none negative, summed over channels. A pixel that is not finite
/// is drawn as `black`, an error that is none as none.
Image heat_map(const double* picture, const double* errors, const std::vector<Index>& sample_shape,
               GreyRange grey, ErrorRange range);

/// The largest of the pixels' sums over channels; `count` numbers, a multiple of `channels`.
double largest_pixel(const double* errors, Index count, Index channels);

}  // namespace hourglass
