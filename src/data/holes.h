#pragma once

#include <cstdint>
#include <vector>

#include "data/image.h"

namespace hourglass {

/// Which pixels of a picture are missing: height × width, row by row, 1 where one is, else 0.
using Holes = std::vector<std::uint8_t>;

/// A pixel is missing where any channel of the mask is not zero.
Holes holes_of_mask(const Image& mask);

/// A pixel is missing where any of its channels is NaN.
Holes holes_of_nan(const Image& image);

/// How many pixels are missing.
Index count_of(const Holes& holes);

}  // namespace hourglass
