#include "kernel/activation.h"
#include "network/stage.h"

namespace hourglass {
namespace {

/// h = f(n) where a norm or noise stands between the product and the activation. The way back is
/// left to whoever writes the gradient, as Signal says; so gradients of n and h share their memory.
template <class T>
class ActivationStage : public Stage<T> {
 public:
  ActivationStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input), value_(input.value.rows, input.value.cols) {
    Signal<T>& output = this->output_;
    output.value = value_.view();
    output.gradient = input.gradient;
    output.activation = context.spec().activation;
    output.activation_input = input.value;
    output.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      activation_forward<T>(this->output_.activation, input_.value, this->output_.value,
                            input_.rows(samples));
    });
  }

  void add_backward(Program<T>&) override {}

 private:
  const Signal<T>& input_;
  PanelMatrix<T> value_;
};

}  // namespace

template <class T>
StagePointer<T> make_activation_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<ActivationStage<T>>(context, input);
}

template StagePointer<float> make_activation_stage(const StageContext<float>&,
                                                   const Signal<float>&);
template StagePointer<double> make_activation_stage(const StageContext<double>&,
                                                    const Signal<double>&);

}  // namespace hourglass
