#include "network/gaussian_layer.h"

#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  HOURGLASS_CHECK(spec.activation == Activation::kIdentity);
  if (input.size() == 2 * spec.width) return {};
  return fmt::format(
      "draws {} numbers and takes in {}; give it two for each: a mean and a "
      "logarithm of a variance",
      spec.width, input.size());
}

template <class T>
class GaussianStage : public Stage<T> {
 public:
  GaussianStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        width_(context.spec().width),
        value_(context.batch, width_),
        gradient_(context.batch, width_),
        spread_(context.batch, width_) {
    this->output_.value = value_.view();
    this->output_.gradient = gradient_.view();
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range rows) {
      for (Index row = rows.begin; row < rows.end; ++row) draw(state.id, row);
    });
  }

  /// ∂L/∂μ = ∂L/∂z and ∂L/∂s = ∂L/∂z · ½ exp(s/2)·ε.
  void add_backward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range rows) {
      for (Index row = rows.begin; row < rows.end; ++row) {
        for (Index k = 0; k < width_; ++k) {
          const T gradient = gradient_.view().at(row, k);
          input_.gradient.at(row, k) = gradient;
          input_.gradient.at(row, width_ + k) = gradient * spread_.view().at(row, k) / 2;
        }
      }
      apply_activation_derivative(input_, rows);
    });
  }

 private:
  void draw(const StepId& id, Index row) {
    RandomStream stream(id.seed, RandomPurpose::kSample, static_cast<std::uint64_t>(id.step),
                        static_cast<std::uint64_t>(row));
    for (Index k = 0; k < width_; ++k) {
      const T deviation = std::exp(input_.value.at(row, width_ + k) / 2);
      const T spread = deviation * static_cast<T>(stream.normal());
      spread_.view().at(row, k) = spread;
      value_.view().at(row, k) = input_.value.at(row, k) + spread;
    }
  }

  const Signal<T>& input_;
  const Index width_;
  PanelMatrix<T> value_, gradient_;  // batch × width
  PanelMatrix<T> spread_;            // batch × width, exp(s/2)·ε
};

template <class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<GaussianStage<T>>(context, input);
}

template <class T>
void run(const LayerRun<T>& layer, Range samples) {
  for (Index row = samples.begin; row < samples.end; ++row) {
    for (Index panel = 0; panel < layer.output.panels(); ++panel) {
      for (Index i = 0; i < kPanelWidth; ++i) {
        const Index col = panel * kPanelWidth + i;
        layer.output.row(panel, row)[i] = col < layer.output.cols ? layer.input.at(row, col) : T(0);
      }
    }
  }
}

}  // namespace

LayerKindRow gaussian_layer() {
  return {LayerKind::kGaussian,
          "gaussian",
          MapForm::kFlat,
          MapForm::kFlat,
          misfit,
          no_tensors,
          {make_stage<float>, plain_runner<float, run<float>>},
          {make_stage<double>, plain_runner<double, run<double>>}};
}

}  // namespace hourglass
