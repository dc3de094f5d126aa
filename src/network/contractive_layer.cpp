#include <cmath>

#include "network/contractive.h"
#include "network/layer_weights.h"

namespace hourglass {
namespace {

template <class T>
class ContractiveLayer : public Penalty<T> {
 public:
  explicit ContractiveLayer(const PenaltyContext<T>& context)
      : weight_(context.spec.weight),
        signal_(context.signal()),
        tensor_(*context.learned.find(0, TensorRole::kWeight)),
        weights_(layer_weights(context.network, 0).weights),
        slope_(signal_, context.batch),
        z_gradient_(context.batch, signal_.value.cols),
        length_(padded_cols(signal_.value.cols)),
        row_sum_(context.batch) {
    context.learned.allocate_gradients();
  }

  void add_forward(Program<T>& program) override {
    program.by_tiles(weights_.panels(),
                     [this](const StepState<T>&, Index panel) { measure_units(panel); });
    program.by_rows([this](const StepState<T>& state, Range rows) {
      slope_.compute(rows);
      const T scale = static_cast<T>(2 * weight_ / static_cast<double>(state.rows));
      for (Index row = rows.begin; row < rows.end; ++row) row_sum_[row] = visit_row(row, scale);
      slope_.multiply_by_curvature(z_gradient_.view(), rows);
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    if (layer != 0) return;
    program.by_rows([this](const StepState<T>&, Range rows) {
      add_rows<T>(z_gradient_.view(), signal_.gradient, rows);
    });
  }

  bool touches_weights() const override { return true; }
  void add_weight_gradients(Program<T>& program) override {
    program.by_tiles(weights_.panels(), [this](const StepState<T>& state, Index panel) {
      add_weight_gradient(panel, state.rows);
    });
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < state.rows; ++row) sum += row_sum_[row];
    return weight_ * sum / static_cast<double>(state.rows);
  }

 private:
  /// ‖w_j‖² of the units of a panel.
  void measure_units(Index panel) {
    T* length = length_.data() + panel * kPanelWidth;
    for (Index i = 0; i < kPanelWidth; ++i) length[i] = 0;
    for (Index in = 0; in < weights_.rows; ++in) {
      const T* w = weights_.row(panel, in);
      for (Index i = 0; i < kPanelWidth; ++i) length[i] += w[i] * w[i];
    }
  }

  /// Σ_j f′_j² ‖w_j‖², and scale · f′_j ‖w_j‖² into the row of z_gradient_.
  double visit_row(Index row, T scale) {
    double sum = 0;
    for (Index panel = 0; panel < signal_.value.panels(); ++panel) {
      const T* slope = slope_.view().row(panel, row);
      const T* length = length_.data() + panel * kPanelWidth;
      T* gradient = z_gradient_.view().row(panel, row);
      T panel_sum = 0;
      for (Index i = 0; i < kPanelWidth; ++i) {
        const T pull = slope[i] * length[i];
        panel_sum += slope[i] * pull;
        gradient[i] = scale * pull;
      }
      sum += static_cast<double>(panel_sum);
    }
    return sum;
  }

  /// ∂term/∂w_j = 2λ/n · w_j Σ_samples f′_j².
  void add_weight_gradient(Index panel, Index rows) {
    T squares[kPanelWidth] = {};
    for (Index row = 0; row < rows; ++row) {
      const T* slope = slope_.view().row(panel, row);
      for (Index i = 0; i < kPanelWidth; ++i) squares[i] += slope[i] * slope[i];
    }
    const T scale = static_cast<T>(2 * weight_ / static_cast<double>(rows));
    for (Index in = 0; in < weights_.rows; ++in) {
      T* gradient = tensor_.gradient_panels().row(panel, in);
      const T* w = weights_.row(panel, in);
      for (Index i = 0; i < kPanelWidth; ++i) gradient[i] += scale * squares[i] * w[i];
    }
  }

  const double weight_;
  const Signal<T>& signal_;
  LearnedTensor<T>& tensor_;
  const Panels<const T> weights_;  // features × units
  SignalSlope<T> slope_;
  PanelMatrix<T> z_gradient_;  // batch × units, ∂term/∂z
  Buffer<T> length_;           // padded units, ‖w_j‖²
  Buffer<double> row_sum_;
};

}  // namespace

template <class T>
PenaltyPointer<T> make_contractive_layer(const PenaltyContext<T>& context) {
  return std::make_unique<ContractiveLayer<T>>(context);
}

template PenaltyPointer<float> make_contractive_layer(const PenaltyContext<float>&);
template PenaltyPointer<double> make_contractive_layer(const PenaltyContext<double>&);

}  // namespace hourglass
