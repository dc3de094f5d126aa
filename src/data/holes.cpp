#include "data/holes.h"

#include <algorithm>

namespace hourglass {

Holes holes_of_mask(const Image& mask) {
  Holes holes;
  holes.reserve(static_cast<std::size_t>(mask.height * mask.width));
  for (auto pixel = mask.pixels.begin(); pixel != mask.pixels.end(); pixel += mask.channels) {
    const bool missing =
        std::any_of(pixel, pixel + mask.channels, [](float value) { return value != 0.0F; });
    holes.push_back(missing ? 1 : 0);
  }
  return holes;
}

Index count_of(const Holes& holes) { return std::count(holes.begin(), holes.end(), 1); }

}  // namespace hourglass
