#pragma once

#include "kernel/patches.h"

namespace hourglass {

// Pooling: each output position is the largest or the mean of the positions that its window covers,
// channel by channel. Windows lie side by side (kernel = stride); those at the lower and right edge
// may cover fewer. Maps lie as maps, not flat.

enum class Pool { kMax, kMean };

template <class T>
void pool_forward(Pool pool, const Window& window, FeatureMap<const T> input, FeatureMap<T> output,
                  Range samples);

/// How the maxima change when the input does: each output position takes the change of the first
/// position that holds its maximum.
template <class T>
struct MaxPoolTangent {
  Window window;
  FeatureMap<const T> input;
  FeatureMap<const T> output;
  FeatureMap<const T> input_change;
  FeatureMap<T> output_change;
};
template <class T>
void max_pool_tangent(const MaxPoolTangent<T>& layer, Range samples);

/// ∂L/∂input; a maximum passes it to the first position that holds it.
template <class T>
struct PoolBackward {
  Pool pool = Pool::kMax;
  Window window;
  FeatureMap<const T> input;
  FeatureMap<const T> output;
  FeatureMap<const T> output_gradient;
  FeatureMap<T> input_gradient;
  bool accumulate = false;  ///< add to what input_gradient holds
};
template <class T>
void pool_backward(const PoolBackward<T>& layer, Range samples);

}  // namespace hourglass
