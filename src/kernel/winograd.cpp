#include "kernel/winograd.h"

#include <algorithm>

#include "kernel/dense.h"
#include "kernel/winograd_tiles.h"

namespace hourglass {
namespace {

// Numbers of the transformed tiles that are worked on at a time: half of a core's second-level
// cache or less.
constexpr Index kPieceNumbers = Index{1} << 18;
// The largest transformed weight: four times the weight itself, kept once for each way, and each
// worker works out as large a gradient.
constexpr Index kMostWeightNumbers = Index{1} << 22;
// What the rows of a product are cut into.
constexpr Index kProductRows = 12;

Index piece_tiles(Index inputs, Index outputs) {
  const Index numbers = kWinogradPlaces * (inputs + outputs);
  return std::max(kPieceNumbers / numbers / kProductRows, Index{1}) * kProductRows;
}

template <class Use>
void for_each_piece(Range tiles, Index most, const Use& use) {
  for (Index begin = tiles.begin; begin < tiles.end; begin += most) {
    use(Range{begin, std::min(tiles.end, begin + most)});
  }
}

}  // namespace

bool winograd_serves(const MapShape& map, Index outputs) {
  const Index products = tiles_of(map, {0, 1}).size() * kWinogradPlaces;
  const Index plain = map.positions() * 9;
  const bool whole_panels = map.channels % kPanelWidth == 0 && outputs % kPanelWidth == 0;
  const bool affordable = kWinogradPlaces * map.channels * outputs <= kMostWeightNumbers;
  // The transforms take some of what is gained; of small maps much of the tiles lies outside.
  return whole_panels && affordable && 5 * products <= 3 * plain;
}

template <class T>
WinogradWeights<T>::WinogradWeights(Index inputs, Index outputs)
    : inputs_(inputs),
      outputs_(outputs),
      numbers_(kWinogradPlaces * place_stride(inputs, outputs)) {}

template <class T>
Panels<const T> WinogradWeights<T>::at(Index place) const {
  return Places<const T>{numbers_.data(), inputs_, outputs_}.at(place);
}

template <class T>
WinogradBlock<T> WinogradWeights<T>::block(Index input, Index panel) {
  return Places<T>{numbers_.data(), inputs_, outputs_}.block(input, panel);
}

template <class T>
void WinogradWeights<T>::renew(Panels<const T> weights, Index panel) {
  const Index across = inputs_ * kPanelWidth;
  for (Index input = 0; input < inputs_; ++input) {
    winograd_transform<T>({WinogradTransform::kWeight,
                           {weights.row(panel, input), 3 * across, across},
                           block(input, panel)});
  }
}

template <class T>
void WinogradWeights<T>::renew_turned(Panels<const T> transposed, Index panel) {
  const Index panels = panel_count(outputs_);
  const Index across = panels * transposed.stride;
  for (Index input = 0; input < inputs_; ++input) {
    winograd_transform<T>({WinogradTransform::kWeight,
                           {transposed.row(8 * panels + panel, input), -3 * across, -across},
                           block(input, panel)});
  }
}

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

Index winograd_gradient_scratch(Index inputs, Index outputs) {
  return winograd_scratch(inputs, outputs) + kWinogradPlaces * place_stride(inputs, outputs);
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
                             gradient.block(input, panel),
                             {work.weight_gradient.row(panel, input), 3 * across, across}});
    }
  }
}

#define HOURGLASS_INSTANTIATE(T)                                                \
  template class WinogradWeights<T>;                                            \
  template void winograd_convolve<T>(const WinogradConvolution<T>&, Range, T*); \
  template void winograd_weight_gradient<T>(const WinogradGradient<T>&, Range, T*)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
