#pragma once

#include "data/image.h"

namespace hourglass {

/// Every value another, 8 or 16 bits.
inline Image chequered(Index height, Index width, Index channels, int bit_depth = 8) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  image.bit_depth = bit_depth;
  const Index largest = bit_depth == 8 ? 255 : 65535;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(static_cast<float>(i * 7919 % (largest + 1)) /
                           static_cast<float>(largest));
  }
  return image;
}

}  // namespace hourglass
