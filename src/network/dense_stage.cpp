#include <algorithm>
#include <type_traits>

#include "kernel/dense.h"
#include "network/layer_weights.h"
#include "network/stage.h"

namespace hourglass {
namespace {

/// z = x·W + b, and where neither norm nor noise follows h = f(z) with it.
template <class T>
class DenseStage : public Stage<T> {
 public:
  /// As a tangent: no bias and no activation.
  DenseStage(const StageContext<T>& context, const Signal<T>& input, bool tangent = false)
      : input_(input),
        weights_(layer_weights(context.network, context.layer)),
        bias_(tangent ? nullptr : context.network.parameters(context.layer).bias.data()),
        value_(context.batch, context.spec().width),
        gradient_(context.batch, context.spec().width) {
    Signal<T>& output = this->output_;
    output.value = value_.view();
    output.gradient = gradient_.view();
    if (context.spec().bends_at_once() && !tangent) {
      output.activation = context.spec().activation;
    }
    if (!info(output.activation).derivative_from_output) {
      pre_activation_ = PanelMatrix<T>(context.batch, context.spec().width);
      output.activation_input = pre_activation_.view();
    }
    register_uses(context);
  }

  void add_forward(Program<T>& program) override {
    DenseForward<T> forward;
    forward.input = input_.value;
    forward.weights = weights_.weights;
    forward.bias = bias_;
    forward.activation = this->output_.activation;
    forward.pre_activation = this->output_.activation_input;
    forward.output = this->output_.value;
    program.by_rows([forward](const StepState<T>&, Range rows) { dense_forward(forward, rows); });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    DenseBackwardData<T> backward;
    backward.output_gradient = this->output_.gradient;
    backward.weights_transposed = weights_.transposed;
    backward.activation = input_.activation;
    backward.activation_input = input_.activation_input;
    backward.activation_output = input_.value;
    backward.input_gradient = input_.gradient;
    backward.accumulate = input_.seeded;
    program.by_rows(
        [backward](const StepState<T>&, Range rows) { dense_backward_data(backward, rows); });
  }

  StagePointer<T> make_tangent(const StageContext<T>& context,
                               const Signal<T>& input) const override {
    return make_dense_tangent(context, input);
  }

 private:
  void register_uses(const StageContext<T>& context) {
    LearnedTensor<T>* weight = context.learned.find(weights_.owner, TensorRole::kWeight);
    LearnedTensor<T>* bias = context.learned.find(context.layer, TensorRole::kBias);
    const Panels<T> output_gradient = this->output_.gradient;
    if (!weights_.tied) {
      weight->uses.push_back({input_.value, output_gradient});
      if (bias_ != nullptr) weight->bias = bias;
      return;
    }
    // Seen from the encoder's weight (its in × out), this layer goes from out to in: the product
    // the other way round is its gradient without a transposition. The bias then needs a product of
    // its own, with a column of ones.
    weight->uses.push_back({output_gradient, input_.value});
    ones_ = PanelMatrix<T>(context.batch, 1);
    for (Index row = 0; row < context.batch; ++row) ones_.view().at(row, 0) = T(1);
    if (bias_ != nullptr) bias->uses.push_back({ones_.view(), output_gradient});
  }

  const Signal<T>& input_;
  const LayerWeights<T> weights_;
  const T* const bias_;
  PanelMatrix<T> value_, gradient_;
  PanelMatrix<T> pre_activation_;  // only where f′ needs z
  PanelMatrix<T> ones_;            // tied only
};

}  // namespace

template <class T>
StagePointer<T> make_dense_stage(const StageContext<T>& context, const Signal<T>& input) {
  if constexpr (std::is_same_v<T, float>) {
    if (context.precision == Precision::kBf16) return make_bf16_dense_stage(context, input);
  }
  return std::make_unique<DenseStage<T>>(context, input);
}

template <class T>
StagePointer<T> make_dense_tangent(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<DenseStage<T>>(context, input, true);
}

template StagePointer<float> make_dense_stage(const StageContext<float>&, const Signal<float>&);
template StagePointer<double> make_dense_stage(const StageContext<double>&, const Signal<double>&);
template StagePointer<float> make_dense_tangent(const StageContext<float>&, const Signal<float>&);
template StagePointer<double> make_dense_tangent(const StageContext<double>&,
                                                 const Signal<double>&);

}  // namespace hourglass
