#pragma once

#include "tensor/panels.h"

namespace hourglass {

// Batch norm (Ioffe & Szegedy 2015) and layer norm (Ba et al. 2016): y = scale ⊙ x̂ + shift with
// x̂ = (x − mean) / √(variance + ε), over the rows of each column or over the columns of each row.
// The variance that normalises is the biased one (divided by n). Sums are float64 in a fixed order,
// so results do not depend on how panels or rows are cut. Padding columns come out as zeros.

inline constexpr double kNormEpsilon = 1e-5;
inline constexpr double kBatchNormMomentum = 0.1;

/// Batch norm with the batch's own statistics, for the panels of a range over all rows of `input`.
template <class T>
struct BatchNormForward {
  Panels<const T> input;          ///< batch × width
  const T* scale = nullptr;       ///< padded_cols(width), like every array below
  const T* shift = nullptr;       ///<
  T* running_mean = nullptr;      ///< moved by `momentum` towards the batch's; null: left alone
  T* running_variance = nullptr;  ///< likewise, towards the unbiased variance (n − 1; n = 1: as is)
  T momentum = T(kBatchNormMomentum);
  Panels<T> normalised;         ///< batch × width, x̂, kept for the way back
  T* inverse_stddev = nullptr;  ///< 1 / √(variance + ε), kept for the way back
  Panels<T> output;             ///< batch × width; may be `input`'s memory
};
template <class T>
void batch_norm_forward(const BatchNormForward<T>& norm, Range panels);

/// Gradients of a batch norm that used the batch's statistics, for the panels of a range.
template <class T>
struct BatchNormBackward {
  Panels<const T> output_gradient;  ///< batch × width, ∂L/∂y
  Panels<const T> normalised;       ///< batch × width, from the way forward
  const T* inverse_stddev = nullptr;
  const T* scale = nullptr;
  Panels<T> input_gradient;     ///< batch × width, ∂L/∂x; may be output_gradient's memory
  T* scale_gradient = nullptr;  ///< overwritten
  T* shift_gradient = nullptr;  ///< overwritten
};
template <class T>
void batch_norm_backward(const BatchNormBackward<T>& norm, Range panels);

/// Batch norm with running statistics, as after training, for the rows of a range. In place is
/// allowed.
template <class T>
struct BatchNormInference {
  Panels<const T> input;
  const T* scale = nullptr;
  const T* shift = nullptr;
  const T* running_mean = nullptr;
  const T* running_variance = nullptr;
  Panels<T> output;
};
template <class T>
void batch_norm_inference(const BatchNormInference<T>& norm, Range rows);

/// Layer norm for the rows of a range, in training and after it alike.
template <class T>
struct LayerNormForward {
  Panels<const T> input;     ///< batch × width
  const T* scale = nullptr;  ///< padded_cols(width)
  const T* shift = nullptr;
  Panels<T> normalised;         ///< batch × width, x̂ for the way back; empty: not kept
  T* inverse_stddev = nullptr;  ///< one number per row for the way back; null: not kept
  Panels<T> output;             ///< batch × width; may be `input`'s memory
};
template <class T>
void layer_norm_forward(const LayerNormForward<T>& norm, Range rows);

/// ∂L/∂x of a layer norm for the rows of a range. Its scale and shift: norm_parameter_gradients().
template <class T>
struct LayerNormBackward {
  Panels<const T> output_gradient;
  Panels<const T> normalised;
  const T* inverse_stddev = nullptr;  ///< per row
  const T* scale = nullptr;
  Panels<T> input_gradient;  ///< not output_gradient's memory where the parameters come after
};
template <class T>
void layer_norm_backward(const LayerNormBackward<T>& norm, Range rows);

/// ∂L/∂scale = Σ rows of ∂L/∂y ⊙ x̂ and ∂L/∂shift = Σ rows of ∂L/∂y, for the panels of a range over
/// all rows. Overwrites.
template <class T>
void norm_parameter_gradients(Panels<const T> output_gradient, Panels<const T> normalised,
                              T* scale_gradient, T* shift_gradient, Range panels);

}  // namespace hourglass
