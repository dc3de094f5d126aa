#pragma once

#include "kernel/feature_map.h"

namespace hourglass {

// Convolutions with windows of 3 × 3 at stride 1 in a quarter of the multiplications (Winograd
// 1980; Lavin & Gray 2016). A map is made in tiles of 4 × 4 positions, each from the 6 × 6
// positions d that its windows g see:
//
//     Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
//
// Summed over channels, each of the 36 places of the bracket is one matrix product, tiles × inputs
// by inputs × outputs. A, B and G are Toom and Cook's for the points 0, ±5/8, ±3/2 and ∞: with
// these, results are rounded 1.7 times as coarsely as by the plain sum, with the customary ±1 and
// ±2 3.6 times (measured over 96 channels; Barabasz et al. 2020 on what the choice of points does).
//
// Inputs and outputs are channels in whole panels. Each tile's numbers are the same chain of
// operations whatever tiles are worked out together.

inline constexpr Index kWinogradTile = 4;   ///< outputs across
inline constexpr Index kWinogradPatch = 6;  ///< inputs across
inline constexpr Index kWinogradPlaces = kWinogradPatch * kWinogradPatch;

/// The linear maps of square blocks, block → L · block · Lᵀ.
enum class WinogradTransform {
  kInput,           ///< Bᵀ: 6 × 6 → 6 × 6
  kOutput,          ///< Aᵀ: 6 × 6 → 4 × 4
  kOutputGradient,  ///< A: 4 × 4 → 6 × 6
  kWeight,          ///< G: 3 × 3 → 6 × 6
  kWeightGradient,  ///< Gᵀ: 6 × 6 → 3 × 3
};

/// A square block of 16 neighbouring numbers each, aligned to 64 bytes.
template <class T>
struct WinogradBlock {
  T* first = nullptr;
  Index down = 0;    ///< numbers from an element to the one below
  Index across = 0;  ///< to the one beside

  operator WinogradBlock<const T>() const requires(!std::is_const_v<T>) {
    return {first, down, across};
  }
};

/// One block's transform. What follows is for kOutput alone.
template <class T>
struct WinogradStep {
  WinogradTransform transform;
  WinogradBlock<const T> from;
  WinogradBlock<T> to;
  bool accumulate = false;  ///< add to what is there
  const T* bias = nullptr;  ///< 16 numbers, aligned; null: none
  bool relu = false;        ///< and no more than is above 0 of it all
};
template <class T>
void winograd_transform(const WinogradStep<T>& step);

/// Whether maps of this size and channels can be convolved so, and enough is gained by it.
bool winograd_serves(const MapShape& map, Index outputs);

/// The transformed weights of a convolution, G g Gᵀ: a matrix inputs × outputs for each place.
template <class T>
class WinogradWeights {
 public:
  WinogradWeights() = default;
  WinogradWeights(Index inputs, Index outputs);

  /// From weights as a convolution has them, (ky, kx, input) × output, or for its way back from
  /// their transpose, whose rows are then the inputs: windows are turned by half a circle. For one
  /// panel of outputs.
  void renew(Panels<const T> weights, Index panel);
  void renew_turned(Panels<const T> transposed, Index panel);

  Panels<const T> at(Index place) const;
  Index inputs() const { return inputs_; }
  Index outputs() const { return outputs_; }
  bool empty() const { return numbers_.size() == 0; }

 private:
  WinogradBlock<T> block(Index input, Index panel);

  Index inputs_ = 0, outputs_ = 0;
  Buffer<T> numbers_;
};

/// output = convolution of input with the weights, + bias if there is one; or output += that.
template <class T>
struct WinogradConvolution {
  FeatureMap<const T> input;
  const WinogradWeights<T>& weights;
  FeatureMap<T> output;
  bool accumulate = false;
  const T* bias = nullptr;  ///< outputs, aligned to 64 bytes; null: none
  bool relu = false;
};
/// For the samples of a range. `scratch`: winograd_scratch() numbers, aligned to 64 bytes.
template <class T>
void winograd_convolve(const WinogradConvolution<T>& work, Range samples, T* scratch);
Index winograd_scratch(Index inputs, Index outputs);

/// ∂L/∂W of a convolution, (ky, kx, input) × output, summed over the samples of a range, at least
/// one.
template <class T>
struct WinogradGradient {
  FeatureMap<const T> input;
  FeatureMap<const T> output_gradient;
  Panels<T> weight_gradient;
};
template <class T>
void winograd_weight_gradient(const WinogradGradient<T>& work, Range samples, T* scratch);
Index winograd_gradient_scratch(Index inputs, Index outputs);

}  // namespace hourglass
