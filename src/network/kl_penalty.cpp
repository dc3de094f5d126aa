#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "network/penalty.h"

namespace hourglass {
namespace {

// ρ̂ is kept this far from 0 and 1, where the divergence has no slope a step could use.
constexpr double kEdge = 1e-6;

/// λ Σ_j KL(ρ‖ρ̂_j), ρ̂_j the mean of unit j over the batch, and of a map's channel over its
/// positions too (Ng, "Sparse autoencoder", 2011). With a
/// memory m, ρ̂ ← m·ρ̂ + (1−m)·mean from batch to batch, and the slope is taken at that ρ̂ as if the
/// batch alone had made it; otherwise the memory would weaken λ.
template <class T>
class KlPenalty : public Penalty<T> {
 public:
  explicit KlPenalty(const PenaltyContext<T>& context)
      : spec_(context.spec),
        signal_(context.signal()),
        slope_(context.batch * signal_.rows_per_sample, signal_.value.cols),
        mean_(padded_cols(signal_.value.cols)),
        unit_slope_(padded_cols(signal_.value.cols)),
        divergence_(signal_.value.panels()) {}

  void add_forward(Program<T>& program) override {
    program.by_tiles(signal_.value.panels(), [this](const StepState<T>& state, Index panel) {
      double sum[kPanelWidth] = {};
      const Index rows = state.rows * signal_.rows_per_sample;
      for (Index row = 0; row < rows; ++row) {
        const T* h = signal_.value.row(panel, row);
        for (Index i = 0; i < kPanelWidth; ++i) sum[i] += static_cast<double>(h[i]);
      }
      const double memory = state.id.step == 0 ? 0 : spec_.memory;
      divergence_[panel] = 0;
      const Index first = panel * kPanelWidth;
      const Index units = std::min(kPanelWidth, signal_.value.cols - first);
      for (Index i = 0; i < units; ++i) {
        const double before = static_cast<double>(mean_[first + i]);
        mean_[first + i] =
            static_cast<T>(memory * before + (1 - memory) * sum[i] / static_cast<double>(rows));
        visit_unit(panel, first + i, rows);
      }
    });
  }

  void add_backward(Program<T>& program, Index layer) override {
    if (layer != spec_.layer) return;
    program.by_rows([this](const StepState<T>&, Range samples) {
      const Range rows = signal_.rows(samples);
      for (Index panel = 0; panel < slope_.view().panels(); ++panel) {
        for (Index row = rows.begin; row < rows.end; ++row) {
          std::copy_n(unit_slope_.data() + panel * kPanelWidth, kPanelWidth,
                      slope_.view().row(panel, row));
        }
      }
      add_value_gradient(signal_, slope_.view(), samples);
    });
  }

  Buffer<T>* memory() override { return spec_.memory > 0 ? &mean_ : nullptr; }

  double value(const StepState<T>&) const override {
    double sum = 0;
    for (const double divergence : divergence_) sum += divergence;
    return spec_.weight * sum;
  }

 private:
  void visit_unit(Index panel, Index unit, Index rows) {
    const double rho = spec_.target;
    const double mean = std::clamp(static_cast<double>(mean_[unit]), kEdge, 1 - kEdge);
    divergence_[panel] += rho * std::log(rho / mean) + (1 - rho) * std::log((1 - rho) / (1 - mean));
    const double slope = (1 - rho) / (1 - mean) - rho / mean;
    unit_slope_[unit] = static_cast<T>(spec_.weight * slope / static_cast<double>(rows));
  }

  const PenaltySpec spec_;
  const Signal<T>& signal_;
  PanelMatrix<T> slope_;       // batch · rows_per_sample × width, ∂term/∂h
  Buffer<T> mean_;             // padded width, ρ̂
  Buffer<T> unit_slope_;       // padded width, ∂term/∂h of any sample
  Buffer<double> divergence_;  // a panel's sum each
};

}  // namespace

std::string kl_refusal(const NetworkSpec& network, const PenaltySpec& penalty) {
  const LayerSpec& layer = network.layer(penalty.layer);
  const ActivationInfo& activation = info(layer.activation);
  if (layer.adds != kNothing) {
    return "a skip connection adds to the layer's activations, which then leave (0, 1); leave "
           "skips "
           "out, or use penalty l1";
  }
  if (activation.lowest >= 0 && activation.highest <= 1 && layer.dropout == 0) return "";
  if (layer.dropout > 0) {
    return "dropout scales the layer's activations out of (0, 1); leave one of the two out, or use "
           "penalty l1";
  }
  return fmt::format(
      "it needs activations within (0, 1), and {} reaches from {} to {}; use sigmoid there (for "
      "the code: --set code_activation=sigmoid), or penalty l1, which takes any",
      activation.name, activation.lowest, activation.highest);
}

template <class T>
PenaltyPointer<T> make_kl_penalty(const PenaltyContext<T>& context) {
  return std::make_unique<KlPenalty<T>>(context);
}

template PenaltyPointer<float> make_kl_penalty(const PenaltyContext<float>&);
template PenaltyPointer<double> make_kl_penalty(const PenaltyContext<double>&);

}  // namespace hourglass
