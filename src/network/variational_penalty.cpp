#include <cmath>

#include "network/penalty.h"

namespace hourglass {
namespace {

/// β/features · mean over samples of KL(N(μ, σ²) ‖ N(0, 1)) = ½ Σ_k (μ² + σ² − 1 − log σ²) (Kingma
/// & Welling 2014, appendix B; β: Higgins et al. 2017). The loss is a mean over features, so
/// divided by them too the two stand as in the evidence lower bound.
template <class T>
class VariationalPenalty : public Penalty<T> {
 public:
  explicit VariationalPenalty(const PenaltyContext<T>& context)
      : weight_(context.spec.weight / static_cast<double>(context.network.spec().features)),
        parameters_layer_(context.spec.layer - 1),
        width_(context.signal().value.cols),
        signal_(*context.output[static_cast<std::size_t>(parameters_layer_)]),
        row_sum_(context.batch) {}

  void add_backward(Program<T>& program, Index layer) override {
    if (layer != parameters_layer_) return;
    program.by_rows([this](const StepState<T>& state, Range rows) {
      const T scale = static_cast<T>(weight_ / static_cast<double>(state.rows));
      for (Index row = rows.begin; row < rows.end; ++row) row_sum_[row] = visit_row(row, scale);
    });
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < state.rows; ++row) sum += row_sum_[row];
    return weight_ * sum / static_cast<double>(state.rows);
  }

 private:
  /// Adds the row's gradients (its layer has no activation) and returns its divergence.
  double visit_row(Index row, T scale) {
    double sum = 0;
    for (Index k = 0; k < width_; ++k) {
      const T mean = signal_.value.at(row, k);
      const T log_variance = signal_.value.at(row, width_ + k);
      const T variance = std::exp(log_variance);
      sum += static_cast<double>(mean * mean + variance - 1 - log_variance) / 2;
      signal_.gradient.at(row, k) += scale * mean;
      signal_.gradient.at(row, width_ + k) += scale * (variance - 1) / 2;
    }
    return sum;
  }

  const double weight_;
  const Index parameters_layer_;  // gives μ and log σ², side by side
  const Index width_;
  const Signal<T>& signal_;
  Buffer<double> row_sum_;
};

}  // namespace

// The penalised layer gives μ and log σ², straight from its product, and a code is drawn from them.
void draw_codes(std::vector<LayerSpec>& layers, std::size_t position, double) {
  LayerSpec& parameters = layers[position];
  const LayerSpec code{
      .width = parameters.width, .activation = Activation::kIdentity, .kind = LayerKind::kGaussian};
  parameters.width *= 2;
  parameters.activation = Activation::kIdentity;
  layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(position) + 1, code);
}

std::string variational_refusal(const NetworkSpec& network, const PenaltySpec& penalty) {
  const bool drawn = network.layer(penalty.layer).kind == LayerKind::kGaussian;
  return drawn ? "" : "codes are drawn from a Gaussian on the code alone; leave the layer out";
}

template <class T>
PenaltyPointer<T> make_variational_penalty(const PenaltyContext<T>& context) {
  return std::make_unique<VariationalPenalty<T>>(context);
}

template PenaltyPointer<float> make_variational_penalty(const PenaltyContext<float>&);
template PenaltyPointer<double> make_variational_penalty(const PenaltyContext<double>&);

}  // namespace hourglass
