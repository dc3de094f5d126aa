#pragma once

#include <string>
#include <vector>

#include "kernel/patches.h"
#include "network/stage.h"

namespace hourglass {

// What the kinds of layer that work on maps share.

/// "" or why the window is no window of a convolution: kernels are odd, so that they have a centre.
std::string convolution_window_misfit(const Window& window);

/// "" or that the layer's map is not the one it makes.
std::string map_misfit(const LayerSpec& spec, const MapShape& input, const MapShape& made);

/// A signal between layers seen as maps of this shape.
template <class T>
FeatureMap<T> value_map(const Signal<T>& signal, const MapShape& shape) {
  return {signal.value, shape};
}
template <class T>
FeatureMap<T> gradient_map(const Signal<T>& signal, const MapShape& shape) {
  return {signal.gradient, shape};
}

/// The output signal of a stage, as maps or flat, and the memory it needs.
template <class T>
struct MapSignalBuffers {
  PanelMatrix<T> value, gradient;
  PanelMatrix<T> pre_activation;  ///< only where f′ needs z

  /// Makes `signal` one of `batch` samples of this shape.
  void make(Signal<T>& signal, Index batch, const MapShape& shape, bool flat,
            Activation activation = Activation::kIdentity) {
    const Index rows = flat ? batch : batch * shape.positions();
    const Index cols = flat ? shape.size() : shape.channels;
    value = PanelMatrix<T>(rows, cols);
    gradient = PanelMatrix<T>(rows, cols);
    signal.value = value.view();
    signal.gradient = gradient.view();
    signal.rows_per_sample = flat ? 1 : shape.positions();
    signal.activation = activation;
    if (info(activation).derivative_from_output) return;
    pre_activation = PanelMatrix<T>(rows, cols);
    signal.activation_input = pre_activation.view();
  }
};

/// A buffer of patches for each worker.
template <class T>
std::vector<PatchBuffer<T>> patch_buffers(const PatchGeometry& geometry, int workers) {
  std::vector<PatchBuffer<T>> buffers;
  for (int worker = 0; worker < workers; ++worker) buffers.emplace_back(geometry);
  return buffers;
}

/// The activation that a layer's own stage applies: none where a norm or noise comes first.
inline Activation own_activation(const LayerSpec& spec) {
  return spec.bends_at_once() ? spec.activation : Activation::kIdentity;
}

}  // namespace hourglass
