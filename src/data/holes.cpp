#include "data/holes.h"

#include <algorithm>
#include <cmath>

namespace hourglass {

namespace {

template <class IsMissing>
Holes where_any_channel(const Image& image, const IsMissing& is_missing) {
  Holes holes;
  holes.reserve(static_cast<std::size_t>(image.height * image.width));
  for (auto pixel = image.pixels.begin(); pixel != image.pixels.end(); pixel += image.channels) {
    holes.push_back(std::any_of(pixel, pixel + image.channels, is_missing) ? 1 : 0);
  }
  return holes;
}

}  // namespace

Holes holes_of_mask(const Image& mask) {
  return where_any_channel(mask, [](float value) { return value != 0.0F; });
}

Holes holes_of_nan(const Image& image) {
  return where_any_channel(image, [](float value) { return std::isnan(value); });
}

Index count_of(const Holes& holes) { return std::count(holes.begin(), holes.end(), 1); }

}  // namespace hourglass
