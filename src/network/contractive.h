#pragma once

#include <algorithm>

#include "kernel/elementwise.h"
#include "network/penalty.h"

namespace hourglass {

/// λ/n Σ_samples ‖∂h/∂x‖²_F (Rifai et al., "Contractive auto-encoders", ICML 2011), h the output of
/// an encoder layer, in three ways that agree.

/// For the first layer: ‖∂h/∂x‖²_F = Σ_j f′(z_j)² ‖w_j‖², at about the cost of a pass over the
/// activations and one over the weights.
template <class T>
PenaltyPointer<T> make_contractive_layer(const PenaltyContext<T>& context);

/// For any layer of a dense encoder: products of each sample's Jacobian with the unit vectors of
/// the code, or with `probes` random sign vectors v, for which E‖vᵀJ‖² = ‖J‖²_F (Hutchinson 1990).
template <class T>
PenaltyPointer<T> make_contractive_chain(const PenaltyContext<T>& context);

/// For encoders with layers over maps too: the same products with random sign vectors, carried by
/// the tangents of the network's own stages. Memory grows with `probes`.
template <class T>
PenaltyPointer<T> make_contractive_stages(const PenaltyContext<T>& context);

/// f′ at a signal's values, in their layout.
template <class T>
class SignalSlope {
 public:
  SignalSlope(const Signal<T>& signal, Index batch)
      : signal_(signal), slope_(batch * signal.rows_per_sample, signal.value.cols) {}

  void compute(Range samples) {
    const Range rows = signal_.rows(samples);
    for (Index panel = 0; panel < slope_.view().panels(); ++panel) {
      std::fill_n(slope_.view().row(panel, rows.begin), rows.size() * kPanelWidth, T(1));
    }
    activation_backward<T>(signal_.activation, signal_.activation_input, signal_.value,
                           slope_.view(), slope_.view(), rows);
  }
  Panels<T> view() { return slope_.view(); }

  /// values ⊙= f″ for the samples of a range: from ∂term/∂f′ to ∂term/∂z.
  void multiply_by_curvature(Panels<T> values, Range samples) const {
    const Range rows = signal_.rows(samples);
    const bool has_z = static_cast<bool>(signal_.activation_input);
    for (Index panel = 0; panel < values.panels(); ++panel) {
      for (Index row = rows.begin; row < rows.end; ++row) {
        T* value = values.row(panel, row);
        const T* h = signal_.value.row(panel, row);
        const T* z = has_z ? signal_.activation_input.row(panel, row) : h;
        for (Index i = 0; i < kPanelWidth; ++i) {
          value[i] *= activation_second_derivative(signal_.activation, z[i], h[i]);
        }
      }
    }
  }

 private:
  const Signal<T>& signal_;
  PanelMatrix<T> slope_;
};

}  // namespace hourglass
