#include "kernel/winograd.h"

#include <algorithm>
#include <cstring>

#include "kernel/dense.h"

namespace hourglass {
namespace {

// Numbers of the transformed tiles that are worked on at a time: half of a core's second-level
// cache or less.
constexpr Index kPieceNumbers = Index{1} << 18;
// What the rows of a product are cut into.
constexpr Index kProductRows = 12;

constexpr Index tiles_across(Index size) { return (size + kWinogradTile - 1) / kWinogradTile; }

/// Between the matrices of two places: an odd number of cache lines, since what is written at all
/// places in turn would otherwise compete for the same few lines.
constexpr Index place_stride(Index rows, Index columns) {
  const Index lines = rows * panel_count(columns);
  return (lines + (lines % 2 == 0 ? 1 : 0)) * kPanelWidth;
}

Index piece_tiles(Index inputs, Index outputs) {
  const Index numbers = kWinogradPlaces * (inputs + outputs);
  return std::max(kPieceNumbers / numbers / kProductRows, Index{1}) * kProductRows;
}

/// The matrices of all places of some tiles, tiles × channels, one after another in memory.
template <class T>
struct Places {
  T* numbers;
  Index tiles;
  Index channels;

  Index stride() const { return place_stride(tiles, channels); }
  Panels<T> at(Index place) const {
    return {numbers + place * stride(), tiles, channels, tiles * kPanelWidth};
  }
  WinogradBlock<T> block(Index tile, Index panel) const {
    return {numbers + (panel * tiles + tile) * kPanelWidth, kWinogradPatch * stride(), stride()};
  }
};

/// Where the positions of a map lie in memory, whichever its layout: channels fill panels, so that
/// 16 of them are neighbours in both.
template <class T>
struct Positions {
  explicit Positions(FeatureMap<T> map) : numbers(map.numbers), shape(map.shape) {
    const Index panels = panel_count(shape.channels);
    sample = (map.flat() ? 1 : shape.positions()) * kPanelWidth;
    position = map.flat() ? panels * numbers.stride : kPanelWidth;
  }
  T* at(Index of_sample, Index panel, Index y, Index x) const {
    return numbers.panel(panel) + of_sample * sample + (y * shape.width + x) * position;
  }
  WinogradBlock<T> block(Index of_sample, Index panel, Index y, Index x) const {
    return {at(of_sample, panel, y, x), shape.width * position, position};
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

Range tiles_of(const MapShape& map, Range samples) {
  const Index each = tiles_across(map.height) * tiles_across(map.width);
  return {samples.begin * each, samples.end * each};
}

/// The part of a square of positions that lies on a map.
struct Inside {
  Inside(const MapShape& map, Index y, Index x, Index size)
      : rows{std::max<Index>(0, -y), std::min(size, map.height - y)},
        columns{std::max<Index>(0, -x), std::min(size, map.width - x)},
        whole(rows.size() == size && columns.size() == size) {}
  Range rows, columns;
  bool whole;
};

/// A block of a border tile, in a place of its own.
template <class T>
struct BorderBlock {
  explicit BorderBlock(Index size) : block{numbers, size * kPanelWidth, kPanelWidth} {}
  BorderBlock(const BorderBlock&) = delete;
  BorderBlock& operator=(const BorderBlock&) = delete;

  void copy(const WinogradBlock<const T>& from, const WinogradBlock<T>& to, const Inside& inside) {
    const bool neighbours = from.across == kPanelWidth && to.across == kPanelWidth;
    const Index at_once = neighbours ? inside.columns.size() : 1;
    const auto bytes = static_cast<std::size_t>(at_once * kPanelWidth) * sizeof(T);
    for (Index r = inside.rows.begin; r < inside.rows.end; ++r) {
      for (Index c = inside.columns.begin; c < inside.columns.end; c += at_once) {
        std::memcpy(to.first + r * to.down + c * to.across,
                    from.first + r * from.down + c * from.across, bytes);
      }
    }
  }
  void take(const WinogradBlock<const T>& from, const Inside& inside) {
    std::fill_n(numbers, kWinogradPlaces * kPanelWidth, T(0));
    copy(from, block, inside);
  }
  void give(const WinogradBlock<T>& to, const Inside& inside) { copy(as_source(), to, inside); }
  WinogradBlock<const T> as_source() const { return {block.first, block.down, block.across}; }

  alignas(64) T numbers[kWinogradPlaces * kPanelWidth];
  WinogradBlock<T> block;
};

template <class T>
WinogradBlock<const T> source(const WinogradBlock<T>& block) {
  return {block.first, block.down, block.across};
}

/// The tiles of a map, transformed. Of inputs each is seen with a margin of one position.
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
      WinogradBlock<const T> block = from.block(place.sample, panel, y, x);
      if (!inside.whole) {
        border.take(block, inside);
        block = border.as_source();
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
      if (!inside.whole && work.accumulate) border.take(source(block), inside);
      winograd_transform<T>({WinogradTransform::kOutput,
                             source(from.block(tile - tiles.begin, panel)),
                             inside.whole ? block : border.block, work.accumulate,
                             work.bias ? work.bias + panel * kPanelWidth : nullptr, work.relu});
      if (!inside.whole) border.give(block, inside);
    }
  }
}

template <class Use>
void for_each_piece(Range tiles, Index most, const Use& use) {
  for (Index begin = tiles.begin; begin < tiles.end; begin += most) {
    use(Range{begin, std::min(tiles.end, begin + most)});
  }
}

}  // namespace

bool winograd_serves(const MapShape& map, Index outputs) {
  const Index tiles = tiles_across(map.height) * tiles_across(map.width);
  const Index products = tiles * kWinogradPlaces, plain = map.positions() * 9;
  // The transforms take some of what is gained; of small maps much of the tiles lies outside.
  return map.channels % kPanelWidth == 0 && outputs % kPanelWidth == 0 && 5 * products <= 3 * plain;
}

template <class T>
WinogradWeights<T>::WinogradWeights(Index inputs, Index outputs)
    : inputs_(inputs),
      outputs_(outputs),
      numbers_(kWinogradPlaces * place_stride(inputs, outputs)) {}

template <class T>
Panels<const T> WinogradWeights<T>::at(Index place) const {
  return {numbers_.data() + place * place_stride(inputs_, outputs_), inputs_, outputs_,
          inputs_ * kPanelWidth};
}

template <class T>
WinogradBlock<T> WinogradWeights<T>::block(Index panel, Index input) {
  return Places<T>{numbers_.data(), inputs_, outputs_}.block(input, panel);
}

template <class T>
void WinogradWeights<T>::renew(Panels<const T> weights, Index panel) {
  const Index across = inputs_ * kPanelWidth;
  for (Index input = 0; input < inputs_; ++input) {
    winograd_transform<T>({WinogradTransform::kWeight,
                           {weights.row(panel, input), 3 * across, across},
                           block(panel, input)});
  }
}

template <class T>
void WinogradWeights<T>::renew_turned(Panels<const T> transposed, Index panel) {
  const Index panels = panel_count(outputs_);
  const Index across = panels * transposed.stride;
  for (Index input = 0; input < inputs_; ++input) {
    winograd_transform<T>({WinogradTransform::kWeight,
                           {transposed.row(8 * panels + panel, input), -3 * across, -across},
                           block(panel, input)});
  }
}

template <class T>
Index winograd_scratch(Index inputs, Index outputs) {
  const Index tiles = piece_tiles(inputs, outputs);
  return kWinogradPlaces * (place_stride(tiles, inputs) + place_stride(tiles, outputs));
}

template <class T>
void winograd_convolve(const WinogradConvolution<T>& work, Range samples, T* scratch) {
  const Index inputs = work.weights.inputs(), outputs = work.weights.outputs();
  const MapShape& map = work.input.shape;
  for_each_piece(tiles_of(map, samples), piece_tiles(inputs, outputs), [&](Range tiles) {
    const Places<T> seen{scratch, tiles.size(), inputs};
    const Places<T> made{scratch + kWinogradPlaces * seen.stride(), tiles.size(), outputs};
    read_tiles(WinogradTransform::kInput, work.input, tiles, seen);
    for (Index place = 0; place < kWinogradPlaces; ++place) {
      DenseForward<T> product;
      product.input = seen.at(place);
      product.weights = work.weights.at(place);
      product.output = made.at(place);
      dense_forward(product, {0, tiles.size()});
    }
    write_tiles(made, tiles, work);
  });
}

template <class T>
Index winograd_gradient_scratch(Index inputs, Index outputs) {
  return winograd_scratch<T>(inputs, outputs) + kWinogradPlaces * place_stride(inputs, outputs);
}

template <class T>
void winograd_weight_gradient(const WinogradGradient<T>& work, Range samples, T* scratch) {
  const MapShape& map = work.input.shape;
  const Index inputs = map.channels, outputs = work.output_gradient.shape.channels;
  const Places<T> gradient{scratch, inputs, outputs};
  T* const rest = scratch + kWinogradPlaces * gradient.stride();
  DenseBackwardWeights<T> product;
  for_each_piece(tiles_of(map, samples), piece_tiles(inputs, outputs), [&](Range tiles) {
    const Places<T> seen{rest, tiles.size(), inputs};
    const Places<T> wanted{rest + kWinogradPlaces * seen.stride(), tiles.size(), outputs};
    read_tiles(WinogradTransform::kInput, work.input, tiles, seen);
    read_tiles(WinogradTransform::kOutputGradient, work.output_gradient, tiles, wanted);
    for (Index place = 0; place < kWinogradPlaces; ++place) {
      product.input = seen.at(place);
      product.output_gradient = wanted.at(place);
      product.weight_gradient = gradient.at(place);
      dense_backward_weights(product, {0, inputs}, {0, panel_count(outputs)});
    }
    product.accumulate = true;
  });
  const Index across = inputs * kPanelWidth;
  for (Index panel = 0; panel < panel_count(outputs); ++panel) {
    for (Index input = 0; input < inputs; ++input) {
      winograd_transform<T>({WinogradTransform::kWeightGradient,
                             source(gradient.block(input, panel)),
                             {work.weight_gradient.row(panel, input), 3 * across, across}});
    }
  }
}

#define HOURGLASS_INSTANTIATE(T)                                                \
  template class WinogradWeights<T>;                                            \
  template Index winograd_scratch<T>(Index, Index);                             \
  template void winograd_convolve<T>(const WinogradConvolution<T>&, Range, T*); \
  template Index winograd_gradient_scratch<T>(Index, Index);                    \
  template void winograd_weight_gradient<T>(const WinogradGradient<T>&, Range, T*)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
