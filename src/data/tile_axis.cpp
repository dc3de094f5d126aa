#include "data/tile_axis.h"

#include <algorithm>

#include "base/error.h"

namespace hourglass {

TileAxis::TileAxis(Index line, Index tile, Index step, Index align, Index margin)
    : extent(line), size(tile) {
  HOURGLASS_CHECK(step > 0 && step <= std::max<Index>(1, tile) && step % align == 0);
  const Index last = (std::max<Index>(0, line - tile) + align - 1) / align * align;
  starts.push_back(0);
  while (starts.back() < last) starts.push_back(std::min(starts.back() + step, last));

  // The distance to a tile's border, as a share of the sum over the tiles that cover a position.
  const auto distance = [&](Index offset) {
    constexpr float kNextToNothing = 1e-6F;
    return std::max(static_cast<float>(std::min(offset + 1, tile - offset) - margin),
                    kNextToNothing);
  };
  std::vector<float> sum(static_cast<std::size_t>(last + tile));
  for (const Index start : starts) {
    for (Index i = 0; i < tile; ++i) sum[static_cast<std::size_t>(start + i)] += distance(i);
  }
  for (const Index start : starts) {
    for (Index i = 0; i < tile; ++i) {
      shares.push_back(distance(i) / sum[static_cast<std::size_t>(start + i)]);
    }
  }
}

Index TileAxis::inside(Index tile) const { return std::min(size, extent - start(tile)); }

}  // namespace hourglass
