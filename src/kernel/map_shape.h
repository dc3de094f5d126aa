#pragma once

#include "base/index.h"

namespace hourglass {

/// The shape of one sample as a map: height × width positions with so many numbers (channels) at
/// each, in the order (y, x, channel). What has no places of its own (a table's row, a code) is one
/// position; a series is one row of positions.
struct MapShape {
  Index height = 1;
  Index width = 1;
  Index channels = 0;

  Index positions() const { return height * width; }
  Index size() const { return positions() * channels; }
  bool operator==(const MapShape&) const = default;
};

}  // namespace hourglass
