#include "kernel/winograd_tiles.h"

#include <algorithm>
#include <cstring>

namespace hourglass {
namespace {

constexpr Index tiles_across(Index size) { return (size + kWinogradTile - 1) / kWinogradTile; }

/// Where the positions of a map lie in memory, whichever its layout: channels fill panels, so that
/// 16 of them are neighbours in both.
template <class T>
struct Positions {
  explicit Positions(FeatureMap<T> map) : numbers(map.numbers), shape(map.shape) {
    const Index panels = panel_count(shape.channels);
    sample = (map.flat() ? 1 : shape.positions()) * kPanelWidth;
    position = map.flat() ? panels * numbers.stride : kPanelWidth;
  }
  WinogradBlock<T> block(Index of_sample, Index panel, Index y, Index x) const {
    return {numbers.panel(panel) + of_sample * sample + (y * shape.width + x) * position,
            shape.width * position, position};
  }

  Panels<T> numbers;
  MapShape shape;
  Index sample;  ///< numbers from one to the next
  Index position;
};

/// The tile that is number `index` of all samples' tiles.
struct TilePlace {
  TilePlace(const MapShape& map, Index index) {
    const Index across = tiles_across(map.width);
    const Index each = tiles_across(map.height) * across;
    sample = index / each;
    y = index % each / across * kWinogradTile;
    x = index % across * kWinogradTile;
  }
  Index sample, y, x;
};

/// The part of a square of positions that lies on a map: where it begins within the square, and its
/// size.
struct Inside {
  Inside(const MapShape& map, Index y, Index x, Index size)
      : top(std::max<Index>(0, -y)),
        left(std::max<Index>(0, -x)),
        height(std::min(size, map.height - y) - top),
        width(std::min(size, map.width - x) - left),
        whole(height == size && width == size) {}
  Index top, left, height, width;
  bool whole;
};

/// Of blocks that begin where the part inside does.
template <class T>
void copy_inside(const WinogradBlock<const T>& from, const WinogradBlock<T>& to,
                 const Inside& inside) {
  const bool neighbours = from.across == kPanelWidth && to.across == kPanelWidth;
  const Index at_once = neighbours ? inside.width : 1;
  const auto bytes = static_cast<std::size_t>(at_once * kPanelWidth) * sizeof(T);
  for (Index r = 0; r < inside.height; ++r) {
    for (Index c = 0; c < inside.width; c += at_once) {
      std::memcpy(to.first + r * to.down + c * to.across,
                  from.first + r * from.down + c * from.across, bytes);
    }
  }
}

/// The whole square of a border tile, in a place of its own.
template <class T>
struct BorderBlock {
  explicit BorderBlock(Index square_size) : size(square_size) {}

  WinogradBlock<T> from(Index row, Index column) {
    return {numbers + (row * size + column) * kPanelWidth, size * kPanelWidth, kPanelWidth};
  }
  WinogradBlock<T> part(const Inside& inside) { return from(inside.top, inside.left); }
  WinogradBlock<T> whole() { return from(0, 0); }

  void take(const WinogradBlock<const T>& inner, const Inside& inside) {
    std::fill_n(numbers, size * size * kPanelWidth, T(0));
    copy_inside(inner, part(inside), inside);
  }

  Index size;
  alignas(64) T numbers[kWinogradPlaces * kPanelWidth];
};

}  // namespace

Range tiles_of(const MapShape& map, Range samples) {
  const Index each = tiles_across(map.height) * tiles_across(map.width);
  return {samples.begin * each, samples.end * each};
}

template <class T>
void read_tiles(WinogradTransform transform, FeatureMap<const T> map, Range tiles,
                const Places<T>& to) {
  const bool of_inputs = transform == WinogradTransform::kInput;
  const Index size = of_inputs ? kWinogradPatch : kWinogradTile;
  const Index margin = of_inputs ? 1 : 0;
  const Positions<const T> from(map);
  BorderBlock<T> border(size);
  for (Index tile = tiles.begin; tile < tiles.end; ++tile) {
    const TilePlace place(map.shape, tile);
    const Index y = place.y - margin, x = place.x - margin;
    const Inside inside(map.shape, y, x, size);
    for (Index panel = 0; panel < panel_count(map.shape.channels); ++panel) {
      WinogradBlock<const T> block =
          from.block(place.sample, panel, y + inside.top, x + inside.left);
      if (!inside.whole) {
        border.take(block, inside);
        block = border.whole();
      }
      winograd_transform<T>({transform, block, to.block(tile - tiles.begin, panel)});
    }
  }
}

template <class T>
void write_tiles(const Places<T>& from, Range tiles, const WinogradConvolution<T>& work) {
  const MapShape& shape = work.output.shape;
  const Positions<T> to(work.output);
  BorderBlock<T> border(kWinogradTile);
  for (Index tile = tiles.begin; tile < tiles.end; ++tile) {
    const TilePlace place(shape, tile);
    const Inside inside(shape, place.y, place.x, kWinogradTile);
    for (Index panel = 0; panel < panel_count(shape.channels); ++panel) {
      const WinogradBlock<T> block = to.block(place.sample, panel, place.y, place.x);
      if (!inside.whole && work.accumulate) border.take(block, inside);
      winograd_transform<T>({WinogradTransform::kOutput, from.block(tile - tiles.begin, panel),
                             inside.whole ? block : border.whole(), work.accumulate,
                             work.bias ? work.bias + panel * kPanelWidth : nullptr, work.relu});
      if (!inside.whole) copy_inside<T>(border.part(inside), block, inside);
    }
  }
}

template void read_tiles(WinogradTransform, FeatureMap<const float>, Range, const Places<float>&);
template void read_tiles(WinogradTransform, FeatureMap<const double>, Range, const Places<double>&);
template void write_tiles(const Places<float>&, Range, const WinogradConvolution<float>&);
template void write_tiles(const Places<double>&, Range, const WinogradConvolution<double>&);

}  // namespace hourglass
