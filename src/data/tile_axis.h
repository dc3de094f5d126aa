#pragma once

#include <vector>

#include "base/index.h"

namespace hourglass {

/// How a line of pixels, one direction of an image, is covered by overlapping tiles, and what share
/// each has in the blend: the more, the farther a position is from the tile's border, so that no
/// seam shows. Positions less than `margin` from a tile's border count only where no other tile
/// has anything to say: networks see too little of their surroundings there.
struct TileAxis {
  /// Tiles begin `step` apart, the last as near the end as it can be at a multiple of `align`: it
  /// may end beyond the line by less than that, as may a single one that is longer.
  TileAxis(Index extent, Index size, Index step, Index align = 1, Index margin = 0);

  Index count() const { return static_cast<Index>(starts.size()); }
  Index start(Index tile) const { return starts[static_cast<std::size_t>(tile)]; }
  /// size shares.
  const float* shares_of(Index tile) const { return shares.data() + tile * size; }
  /// Positions of the tile that lie within the line.
  Index inside(Index tile) const;

  Index extent, size;         // of the line, of a tile
  std::vector<Index> starts;  // of the tiles
  std::vector<float> shares;  // count × size: of each position of each tile in the blend
};

}  // namespace hourglass
