#include <cmath>

#include "kernel/reference.h"

namespace hourglass::reference {
namespace {

/// Σ over k of a(row, k) · b(k, column), one fused multiply-add per term, k ascending.
template <class T>
T product(Panels<const T> a, Panels<const T> b, Index row, Index column) {
  T sum = 0;
  for (Index k = 0; k < a.cols; ++k) sum = std::fma(a.at(row, k), b.at(k, column), sum);
  return sum;
}

template <class T>
void backward_bias(const DenseBackwardWeights<T>& layer, Index panel) {
  const Index first = panel * kPanelWidth;
  T gradient[kPanelWidth] = {};
  for (Index r = 0; r < layer.output_gradient.rows; ++r) {
    for (Index c = 0; c < kPanelWidth; ++c) gradient[c] += layer.output_gradient.row(panel, r)[c];
  }
  if (layer.rule) {
    if (!layer.bias) return;
    const UpdateState<T> state = {
        layer.bias_state.first ? layer.bias_state.first + first : nullptr,
        layer.bias_state.second ? layer.bias_state.second + first : nullptr};
    reference::update(*layer.rule, layer.bias + first, gradient, state, kPanelWidth, false);
  } else if (layer.bias_gradient) {
    for (Index c = 0; c < kPanelWidth; ++c) {
      T& to = layer.bias_gradient[first + c];
      to = layer.accumulate ? to + gradient[c] : gradient[c];
    }
  }
}

}  // namespace

template <class T>
void dense_forward(const DenseForward<T>& layer, Range rows) {
  const Index padded = padded_cols(layer.weights.cols);
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < padded; ++c) {
      const bool padding = c >= layer.weights.cols;
      T z = padding ? T(0) : product(layer.input, layer.weights, r, c);
      if (layer.bias && !padding) z += layer.bias[c];
      if (layer.pre_activation) layer.pre_activation.at(r, c) = z;
      layer.output.at(r, c) = padding ? T(0) : activate(layer.activation, z);
    }
  }
}

template <class T>
void dense_backward_data(const DenseBackwardData<T>& layer, Range rows) {
  const Index cols = layer.weights_transposed.cols;
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < padded_cols(cols); ++c) {
      T& to = layer.input_gradient.at(r, c);
      if (c >= cols) {
        to = 0;
        continue;
      }
      const T sum = product(layer.output_gradient, layer.weights_transposed, r, c);
      const T gradient = layer.accumulate ? to + sum : sum;
      const T z = layer.activation_input ? layer.activation_input.at(r, c) : T(0);
      const T h = layer.activation_output ? layer.activation_output.at(r, c) : T(0);
      to = layer.activation == Activation::kIdentity
               ? gradient
               : gradient * activation_derivative(layer.activation, z, h);
    }
  }
}

template <class T>
void dense_backward_weights(const DenseBackwardWeights<T>& layer, Range inputs,
                            Range output_panels) {
  for (Index p = output_panels.begin; p < output_panels.end; ++p) {
    if (inputs.begin == 0) backward_bias(layer, p);
    for (Index i = inputs.begin; i < inputs.end; ++i) {
      T gradient[kPanelWidth] = {};
      for (Index r = 0; r < layer.input.rows; ++r) {
        const T x = layer.input.at(r, i);
        const T* dz = layer.output_gradient.row(p, r);
        for (Index c = 0; c < kPanelWidth; ++c) gradient[c] = std::fma(x, dz[c], gradient[c]);
      }
      if (!layer.rule) {
        T* to = layer.weight_gradient.row(p, i);
        for (Index c = 0; c < kPanelWidth; ++c) {
          to[c] = layer.accumulate ? to[c] + gradient[c] : gradient[c];
        }
        continue;
      }
      T* weights = layer.weights.row(p, i);
      const Index offset = weights - layer.weights.data;
      const UpdateState<T> state = {
          layer.weight_state.first ? layer.weight_state.first + offset : nullptr,
          layer.weight_state.second ? layer.weight_state.second + offset : nullptr};
      reference::update(*layer.rule, weights, gradient, state, kPanelWidth, true);
      if (layer.weights_transposed) {
        for (Index c = 0; c < kPanelWidth && p * kPanelWidth + c < layer.weights.cols; ++c) {
          layer.weights_transposed.at(p * kPanelWidth + c, i) = weights[c];
        }
      }
    }
  }
}

template <class T>
void transpose_panels(Panels<const T> matrix, Panels<T> transposed, Range panels) {
  const Index padded_rows = padded_cols(matrix.rows);
  for (Index p = panels.begin; p < panels.end; ++p) {
    for (Index c = p * kPanelWidth; c < (p + 1) * kPanelWidth && c < matrix.cols; ++c) {
      for (Index r = 0; r < padded_rows; ++r) {
        transposed.at(c, r) = r < matrix.rows ? matrix.at(r, c) : T(0);
      }
    }
  }
}

#define HOURGLASS_INSTANTIATE(T)                                                         \
  template void dense_forward<T>(const DenseForward<T>&, Range);                         \
  template void dense_backward_data<T>(const DenseBackwardData<T>&, Range);              \
  template void dense_backward_weights<T>(const DenseBackwardWeights<T>&, Range, Range); \
  template void transpose_panels<T>(Panels<const T>, Panels<T>, Range)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass::reference
