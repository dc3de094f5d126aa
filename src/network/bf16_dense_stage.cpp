#include <algorithm>

#include "kernel/bf16.h"
#include "network/layer_weights.h"
#include "network/stage.h"

namespace hourglass {
namespace {

// Rows taken from product to activation at a time: what they make stays in cache in between.
constexpr Index kBlockRows = 48;

/// A dense layer whose three products take factors rounded to bfloat16; all else, the weights that
/// the optimiser moves included, is float as in DenseStage.
class Bf16DenseStage : public Stage<float> {
 public:
  Bf16DenseStage(const StageContext<float>& context, const Signal<float>& input)
      : input_(input),
        weight_(*context.learned.find(context.layer, TensorRole::kWeight)),
        bias_(context.network.parameters(context.layer).bias.data()),
        value_(context.batch, width(context)),
        gradient_(context.batch, width(context)),
        input_rows_(context.batch, input.value.cols),
        input_pairs_(pair_count(context.batch), input.value.cols),
        gradient_rows_(context.batch, width(context)),
        gradient_pairs_(pair_count(context.batch), width(context)),
        weight_pairs_(pair_count(input.value.cols), width(context)),
        transposed_pairs_(pair_count(width(context)), input.value.cols) {
    output_.value = value_.view();
    output_.gradient = gradient_.view();
    if (context.spec().bends_at_once()) output_.activation = context.spec().activation;
    if (!info(output_.activation).derivative_from_output) {
      pre_activation_ = PanelMatrix<float>(context.batch, width(context));
      output_.activation_input = pre_activation_.view();
    }
    weight_.uses.push_back(
        {input.value, gradient_.view(), 1, input_pairs_.view(), gradient_pairs_.view()});
    weight_.bias = context.learned.find(context.layer, TensorRole::kBias);
    weight_.pairs = weight_pairs_.view();
    weight_.transposed_pairs = transposed_pairs_.view();
    round_weights(weight_, {0, panel_count(weight_.ref.outputs)});
  }

  void add_forward(Program<float>& program) override {
    program.by_rows([this](const StepState<float>&, Range rows) {
      to_bf16(input_.value.first_rows(rows.end), input_rows_.view(), input_pairs_.view(), rows);
      Bf16Product product;
      product.a = input_rows_.view();
      product.b = weight_pairs_.view();
      product.bias = bias_;
      product.c = output_.activation_input ? output_.activation_input : output_.value;
      for_each_block(rows, [&](Range block) {
        bf16_product(product, block);
        if (output_.activation == Activation::kIdentity) return;
        activation_forward<float>(output_.activation, product.c, output_.value, block);
      });
    });
  }

  void add_backward(Program<float>& program) override {
    program.by_rows([this](const StepState<float>&, Range rows) {
      to_bf16(output_.gradient.first_rows(rows.end), gradient_rows_.view(), gradient_pairs_.view(),
              rows);
      if (!input_.gradient) return;
      Bf16Product product;
      product.a = gradient_rows_.view();
      product.b = transposed_pairs_.view();
      product.accumulate = input_.seeded;
      product.c = input_.gradient;
      for_each_block(rows, [&](Range block) {
        bf16_product(product, block);
        if (input_.activation == Activation::kIdentity) return;
        activation_backward<float>(input_.activation, input_.activation_input, input_.value,
                                   input_.gradient, input_.gradient, block);
      });
    });
  }

  StagePointer<float> make_tangent(const StageContext<float>& context,
                                   const Signal<float>& input) const override {
    return make_dense_tangent(context, input);
  }

 private:
  static Index width(const StageContext<float>& context) { return context.spec().width; }

  template <class Work>
  static void for_each_block(Range rows, const Work& work) {
    for (Index begin = rows.begin; begin < rows.end; begin += kBlockRows) {
      work(Range{begin, std::min(rows.end, begin + kBlockRows)});
    }
  }

  const Signal<float>& input_;
  LearnedTensor<float>& weight_;
  const float* const bias_;
  PanelMatrix<float> value_, gradient_;
  PanelMatrix<float> pre_activation_;  // only where f′ needs z
  PanelMatrix<Bf16> input_rows_;       // batch × in
  PanelMatrix<Bf16Pair> input_pairs_;
  PanelMatrix<Bf16> gradient_rows_;  // batch × width
  PanelMatrix<Bf16Pair> gradient_pairs_;
  PanelMatrix<Bf16Pair> weight_pairs_;      // pairs of in × width
  PanelMatrix<Bf16Pair> transposed_pairs_;  // pairs of width × in
};

}  // namespace

StagePointer<float> make_bf16_dense_stage(const StageContext<float>& context,
                                          const Signal<float>& input) {
  return std::make_unique<Bf16DenseStage>(context, input);
}

}  // namespace hourglass
