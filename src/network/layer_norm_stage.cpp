#include "kernel/norm.h"
#include "network/norm_parameters.h"

namespace hourglass {
namespace {

/// y = scale ⊙ x̂ + shift over each row's own columns. Values pass in place; the output's gradient
/// is kept apart from the input's, since scale and shift need it after the way back.
template <class T>
class LayerNormStage : public Stage<T> {
 public:
  LayerNormStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        layer_(context.network.parameters(context.layer)),
        parameters_(context.learned, context.layer),
        normalised_(input.value.rows, input.value.cols),
        gradient_(input.value.rows, input.value.cols),
        inverse_stddev_(input.value.rows) {
    this->output_.value = input.value;
    this->output_.gradient = gradient_.view();
    this->output_.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    LayerNormForward<T> norm;
    norm.input = input_.value;
    norm.scale = layer_.norm_scale.data();
    norm.shift = layer_.norm_shift.data();
    norm.normalised = normalised_.view();
    norm.inverse_stddev = inverse_stddev_.data();
    norm.output = this->output_.value;
    program.by_rows([this, norm](const StepState<T>&, Range samples) {
      layer_norm_forward(norm, input_.rows(samples));
    });
  }

  void add_backward(Program<T>& program) override {
    LayerNormBackward<T> norm;
    norm.output_gradient = this->output_.gradient;
    norm.normalised = normalised_.view();
    norm.inverse_stddev = inverse_stddev_.data();
    norm.scale = layer_.norm_scale.data();
    norm.input_gradient = input_.gradient;
    program.by_rows([this, norm](const StepState<T>&, Range samples) {
      layer_norm_backward(norm, input_.rows(samples));
    });
  }

  void add_gradients(Program<T>& program, bool update) override {
    program.by_tiles(input_.value.panels(), [this, update](const StepState<T>& state, Index panel) {
      norm_parameter_gradients<T>(input_.first_samples(this->output_.gradient, state.rows),
                                  input_.first_samples(normalised_.view(), state.rows),
                                  parameters_.scale->gradient.data(),
                                  parameters_.shift->gradient.data(), {panel, panel + 1});
      if (update) parameters_.update_panel(state.rule, panel);
    });
  }

 private:
  const Signal<T>& input_;
  LayerParameters<T>& layer_;
  const NormParameters<T> parameters_;
  PanelMatrix<T> normalised_, gradient_;
  Buffer<T> inverse_stddev_;
};

}  // namespace

template <class T>
StagePointer<T> make_layer_norm_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<LayerNormStage<T>>(context, input);
}

template StagePointer<float> make_layer_norm_stage(const StageContext<float>&,
                                                   const Signal<float>&);
template StagePointer<double> make_layer_norm_stage(const StageContext<double>&,
                                                    const Signal<double>&);

}  // namespace hourglass
