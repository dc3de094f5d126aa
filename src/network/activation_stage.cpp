#include "kernel/activation.h"
#include "network/stage.h"

namespace hourglass {
namespace {

/// h = f(n) where a norm stands between the product and the activation. The way back is left to
/// whoever writes the gradient, as Signal says; so gradients of n and h share their memory.
template <class T>
class ActivationStage : public Stage<T> {
 public:
  ActivationStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input), value_(context.batch, context.width()) {
    Signal<T>& output = this->output_;
    output.value = value_.view();
    output.gradient = input.gradient;
    output.activation = context.spec().activation;
    output.activation_input = input.value;
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([activation = this->output_.activation, z = Panels<const T>(input_.value),
                     h = this->output_.value](const StepState<T>&, Range rows) {
      activation_forward<T>(activation, z, h, rows);
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
