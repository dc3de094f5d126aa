#include <cmath>

#include "base/error.h"
#include "network/gaussian_layer.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

/// β/features · mean over samples of Σ_k KL(N(μ_k, σ_k²) ‖ N(0, 1)) (β: Higgins et al. 2017). The
/// loss is a mean over features, so divided by them too the two stand as in the evidence lower
/// bound.
template <class T>
class VariationalPenalty : public Penalty<T> {
 public:
  explicit VariationalPenalty(const PenaltyContext<T>& context)
      : weight_(context.spec.weight / static_cast<double>(context.network.spec().features)),
        parameters_layer_(context.spec.layer - 1),
        width_(context.signal().value.cols),
        signal_(context.output(parameters_layer_)),
        row_sum_(context.batch) {}

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range rows) {
      for (Index row = rows.begin; row < rows.end; ++row) row_sum_[row] = divergence(row);
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    if (layer != parameters_layer_) return;
    program.by_rows([this](const StepState<T>& state, Range rows) {
      const T scale = static_cast<T>(weight_ / static_cast<double>(state.rows));
      for (Index row = rows.begin; row < rows.end; ++row) add_gradient(row, scale);
    });
  }

  double value(const StepState<T>& state) const override {
    double sum = 0;
    for (Index row = 0; row < state.rows; ++row) sum += row_sum_[row];
    return weight_ * sum / static_cast<double>(state.rows);
  }

 private:
  double divergence(Index row) const {
    double sum = 0;
    for (Index k = 0; k < width_; ++k) {
      sum += static_cast<double>(
          divergence_from_standard(signal_.value.at(row, k), signal_.value.at(row, width_ + k)));
    }
    return sum;
  }

  // The layer of the parameters has no activation, so ∂/∂value is ∂/∂z.
  void add_gradient(Index row, T scale) const {
    for (Index k = 0; k < width_; ++k) {
      const T variance = std::exp(signal_.value.at(row, width_ + k));
      signal_.gradient.at(row, k) += scale * signal_.value.at(row, k);
      signal_.gradient.at(row, width_ + k) += scale * (variance - 1) / 2;
    }
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
  if (parameters.kind != LayerKind::kDense) {
    usage_error("penalty variational draws the numbers of a dense code: use bottleneck = true");
  }
  const LayerSpec code{
      .width = parameters.width, .activation = Activation::kIdentity, .kind = LayerKind::kGaussian};
  parameters.width *= 2;
  parameters.activation = Activation::kIdentity;
  layers.insert(layers.begin() + static_cast<std::ptrdiff_t>(position) + 1, code);
}

std::string variational_refusal(const NetworkSpec& network, const PenaltySpec& penalty) {
  if (network.layer(penalty.layer).kind != LayerKind::kGaussian) {
    return "codes are drawn from a Gaussian on the code alone; leave the layer out";
  }
  if (network.skips_code()) {
    return "a sample cannot be drawn from a code alone where the decoder adds the encoder's maps "
           "or "
           "the input; leave skips and residual out";
  }
  return "";
}

template <class T>
PenaltyPointer<T> make_variational_penalty(const PenaltyContext<T>& context) {
  return std::make_unique<VariationalPenalty<T>>(context);
}

template PenaltyPointer<float> make_variational_penalty(const PenaltyContext<float>&);
template PenaltyPointer<double> make_variational_penalty(const PenaltyContext<double>&);

}  // namespace hourglass
