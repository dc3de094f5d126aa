#pragma once

#include "network/network.h"

namespace hourglass {

/// The weights a layer multiplies by. A tied decoder layer's are the transpose of its encoder
/// layer's, which is kept beside them, so nothing is copied.
template <class T>
struct LayerWeights {
  Panels<const T> weights;     ///< in × out
  Panels<const T> transposed;  ///< out × in
  Index owner = 0;             ///< the layer that holds them
  bool tied = false;           ///< held by another layer, the other way round
};

template <class T>
LayerWeights<T> layer_weights(const Network<T>& network, Index layer) {
  const Index owner = network.spec().weights_owner(layer);
  const bool tied = owner != layer;
  const LayerParameters<T>& parameters = network.parameters(owner);
  if (tied) return {parameters.weights_transposed.view(), parameters.weights.view(), owner, true};
  return {parameters.weights.view(), parameters.weights_transposed.view(), owner, false};
}

}  // namespace hourglass
