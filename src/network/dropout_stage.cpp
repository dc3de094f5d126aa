#include "kernel/dropout.h"
#include "network/stage.h"

namespace hourglass {
namespace {

/// d = h ⊙ mask / (1 − rate). The mask is drawn again on the way back instead of being kept. The
/// gradient passes in place.
template <class T>
class DropoutStage : public Stage<T> {
 public:
  DropoutStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        rate_(context.spec().dropout),
        layer_(context.layer),
        value_(input.value.rows, input.value.cols) {
    this->output_.value = value_.view();
    this->output_.gradient = input.gradient;
    this->output_.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range samples) {
      dropout<T>(mask(state), input_.value, this->output_.value, input_.rows(samples));
    });
  }

  void add_backward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>& state, Range samples) {
      dropout<T>(mask(state), this->output_.gradient, input_.gradient, input_.rows(samples));
      apply_activation_derivative(input_, samples);
    });
  }

 private:
  DropoutMask mask(const StepState<T>& state) const {
    return {rate_, state.id.seed, state.id.step, layer_};
  }

  const Signal<T>& input_;
  const double rate_;
  const Index layer_;
  PanelMatrix<T> value_;
};

}  // namespace

template <class T>
StagePointer<T> make_dropout_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<DropoutStage<T>>(context, input);
}

template StagePointer<float> make_dropout_stage(const StageContext<float>&, const Signal<float>&);
template StagePointer<double> make_dropout_stage(const StageContext<double>&,
                                                 const Signal<double>&);

}  // namespace hourglass
