#pragma once

#include "kernel/elementwise.h"

namespace hourglass {

/// What runs between two stages of the network: numbers forward, their gradient back. Stages are
/// fused across it: `value` = f(z) may have been made in one pass by the stage below, and then
/// whoever writes `gradient` multiplies by f′, so that what arrives there is ∂L/∂z.
///
/// A sample's numbers lie flat, as one row, or as a map: `rows_per_sample` rows, one for each
/// position, of `channels` columns. `width` and `batch` below are columns and rows of either kind.
template <class T>
struct Signal {
  Panels<T> value;                                ///< batch × width
  Panels<T> gradient;                             ///< batch × width; empty: nobody below wants it
  Activation activation = Activation::kIdentity;  ///< f
  Panels<T> activation_input;  ///< batch × width, z; empty where f′ follows from `value`
  Index rows_per_sample = 1;
  /// A second reader of this value (a skip connection further on) has left its ∂L/∂value in
  /// `gradient`; the stage above adds to it before it multiplies by f′.
  bool seeded = false;

  /// The rows of a range of samples, and those of the first `samples` in a matrix like `value`.
  Range rows(Range samples) const {
    return {samples.begin * rows_per_sample, samples.end * rows_per_sample};
  }
  Panels<T> first_samples(Panels<T> matrix, Index samples) const {
    return matrix.first_rows(samples * rows_per_sample);
  }
};

/// gradient ⊙= f′ for samples of a signal whose `gradient` holds ∂L/∂value: for stages that cannot
/// fuse it into what they compute.
template <class T>
void apply_activation_derivative(const Signal<T>& signal, Range samples) {
  if (signal.activation == Activation::kIdentity) return;
  activation_backward<T>(signal.activation, signal.activation_input, signal.value, signal.gradient,
                         signal.gradient, signal.rows(samples));
}

/// gradient += term for rows of two matrices of one shape.
template <class T>
void add_rows(Panels<const T> term, Panels<T> gradient, Range rows) {
  for (Index panel = 0; panel < gradient.panels(); ++panel) {
    T* sum = gradient.row(panel, rows.begin);
    const T* more = term.row(panel, rows.begin);
    for (Index i = 0; i < rows.size() * kPanelWidth; ++i) sum[i] += more[i];
  }
}

/// gradient += value_gradient ⊙ f′ for samples of a signal whose `gradient` holds ∂L/∂z: how a term
/// that reads the value joins in. `value_gradient` is changed.
template <class T>
void add_value_gradient(const Signal<T>& signal, Panels<T> value_gradient, Range samples) {
  const Range rows = signal.rows(samples);
  if (signal.activation != Activation::kIdentity) {
    activation_backward<T>(signal.activation, signal.activation_input, signal.value, value_gradient,
                           value_gradient, rows);
  }
  add_rows<T>(value_gradient, signal.gradient, rows);
}

}  // namespace hourglass
