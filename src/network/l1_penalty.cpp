#include <cmath>

#include "network/penalty.h"

namespace hourglass {
namespace {

/// λ/n Σ_samples Σ_j |h_j|; its slope at 0 is taken as 0.
template <class T>
class L1Penalty : public Penalty<T> {
 public:
  explicit L1Penalty(const PenaltyContext<T>& context)
      : weight_(context.spec.weight),
        layer_(context.spec.layer),
        signal_(context.signal()),
        slope_(context.batch * signal_.rows_per_sample, signal_.value.cols),
        row_sum_(context.batch * signal_.rows_per_sample) {}

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range samples) {
      const Range rows = signal_.rows(samples);
      const T step = static_cast<T>(weight_ / static_cast<double>(state.rows));
      for (Index row = rows.begin; row < rows.end; ++row) row_sum_[row] = visit_row(row, step);
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    if (layer != layer_) return;
    program.by_rows([this](const StepState<T>&, Range samples) {
      add_value_gradient(signal_, slope_.view(), samples);
    });
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < signal_.rows({0, state.rows}).end; ++row) sum += row_sum_[row];
    return weight_ * sum / static_cast<double>(state.rows);
  }

 private:
  /// Leaves ±step in the row's slopes and returns Σ_j |h_j|. Padding is 0 and adds nothing.
  double visit_row(Index row, T step) {
    double sum = 0;
    for (Index panel = 0; panel < signal_.value.panels(); ++panel) {
      const T* h = signal_.value.row(panel, row);
      T* slope = slope_.view().row(panel, row);
      T panel_sum = 0;
      for (Index i = 0; i < kPanelWidth; ++i) {
        panel_sum += std::abs(h[i]);
        slope[i] = h[i] > 0 ? step : h[i] < 0 ? -step : T(0);
      }
      sum += static_cast<double>(panel_sum);
    }
    return sum;
  }

  const double weight_;
  const Index layer_;
  const Signal<T>& signal_;
  PanelMatrix<T> slope_;  // batch · rows_per_sample × width, ∂term/∂h
  Buffer<double> row_sum_;
};

}  // namespace

template <class T>
PenaltyPointer<T> make_l1_penalty(const PenaltyContext<T>& context) {
  return std::make_unique<L1Penalty<T>>(context);
}

template PenaltyPointer<float> make_l1_penalty(const PenaltyContext<float>&);
template PenaltyPointer<double> make_l1_penalty(const PenaltyContext<double>&);

}  // namespace hourglass
