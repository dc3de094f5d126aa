#pragma once

#include "kernel/activation.h"
#include "kernel/update.h"
#include "tensor/panels.h"

namespace hourglass {

// The three matrix products of a dense layer z = x·W + b, h = f(z), each with the work that follows
// it fused in. W is in × out in panels (rows = in, cols = out). All of them give every element of
// the result the same chain of operations however rows, columns and threads are cut: a sum runs
// over its index in ascending order, one fused multiply-add per term, starting from zero (float and
// double alike). That is what makes results equal for any number of threads.

/// h = f(x·W + b) for the rows of a range.
template <class T>
struct DenseForward {
  Panels<const T> input;    ///< batch × in
  Panels<const T> weights;  ///< in × out
  const T* bias = nullptr;  ///< padded_cols(out) numbers, zero in the padding; null: no bias
  Activation activation = Activation::kIdentity;
  Panels<T> pre_activation;  ///< batch × out, z kept for the way back; empty where not needed
  Panels<T> output;          ///< batch × out
};
template <class T>
void dense_forward(const DenseForward<T>& layer, Range rows);

/// ∂L/∂x = (∂L/∂z · Wᵀ) ⊙ f′ for the rows of a range, f′ the derivative of the activation that
/// produced x, so that what comes out is ∂L/∂z of the layer below.
template <class T>
struct DenseBackwardData {
  Panels<const T> output_gradient;                ///< batch × out, ∂L/∂z
  Panels<const T> weights_transposed;             ///< out × in
  Activation activation = Activation::kIdentity;  ///< of the layer below
  Panels<const T> activation_input;   ///< batch × in, its z; empty where derivative_from_output
  Panels<const T> activation_output;  ///< batch × in, its h; may be empty for identity
  Panels<T> input_gradient;           ///< batch × in
  bool accumulate = false;            ///< add to what input_gradient holds (before f′ is applied)
};
template <class T>
void dense_backward_data(const DenseBackwardData<T>& layer, Range rows);

/// ∂L/∂W = xᵀ · ∂L/∂z and ∂L/∂b = Σ rows of ∂L/∂z, over the whole batch, for the output panels of a
/// range and the input rows of a range: the unit of work that threads take. With `rule`, the
/// optimiser's step is applied to the weights tile by tile, while the gradient is still in
/// registers, and no gradient is stored.
template <class T>
struct DenseBackwardWeights {
  Panels<const T> input;            ///< batch × in
  Panels<const T> output_gradient;  ///< batch × out

  // Either the gradient is stored (added to what is there with `accumulate`) …
  Panels<T> weight_gradient;   ///< in × out
  T* bias_gradient = nullptr;  ///< padded_cols(out)
  bool accumulate = false;

  // … or applied at once.
  const UpdateRule<T>* rule = nullptr;
  Panels<T> weights;             ///< in × out
  Panels<T> weights_transposed;  ///< out × in, kept equal to `weights`; empty where nobody reads it
  UpdateState<T> weight_state;   ///< in the layout of `weights`
  T* bias = nullptr;             ///< null: no bias
  UpdateState<T> bias_state;
};
/// The bias is handled by the call whose `inputs` starts at 0.
template <class T>
void dense_backward_weights(const DenseBackwardWeights<T>& layer, Range inputs,
                            Range output_panels);

/// The sizes in which work is best handed out: rows per tile of forward and backward-data, inputs
/// and output panels per tile of backward-weights. Boundaries at other places are correct but
/// slower.
struct DenseTiles {
  Index rows;
  Index inputs;
  Index output_panels;
};
template <class T>
DenseTiles dense_tiles();

/// transposed (cols × rows) = matrixᵀ (rows × cols), for the panels of `matrix` in a range.
template <class T>
void transpose_panels(Panels<const T> matrix, Panels<T> transposed, Range panels);

}  // namespace hourglass
