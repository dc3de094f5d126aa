#include <algorithm>

#include "kernel/norm.h"
#include "network/norm_parameters.h"

namespace hourglass {
namespace {

/// y = scale ⊙ x̂ + shift with the batch's own statistics: a piece of work per panel of columns that
/// reads all rows, hence a barrier before and after. Values and gradients pass in place.
template <class T>
class BatchNormStage : public Stage<T> {
 public:
  BatchNormStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        layer_(context.network.parameters(context.layer)),
        parameters_(context.learned, context.layer),
        normalised_(input.value.rows, input.value.cols),
        inverse_stddev_(padded_cols(input.value.cols)),
        next_mean_(padded_cols(input.value.cols)),
        next_variance_(padded_cols(input.value.cols)) {
    this->output_.value = input.value;
    this->output_.gradient = input.gradient;
    this->output_.rows_per_sample = input.rows_per_sample;
  }

  void add_forward(Program<T>& program) override {
    program.by_tiles(panels(), [this](const StepState<T>& state, Index panel) {
      // The running statistics move aside, and take effect only when the step does.
      copy_panel(layer_.running_mean, next_mean_, panel);
      copy_panel(layer_.running_variance, next_variance_, panel);
      BatchNormForward<T> norm;
      norm.input = first(input_.value, state);
      norm.scale = layer_.norm_scale.data();
      norm.shift = layer_.norm_shift.data();
      norm.running_mean = next_mean_.data();
      norm.running_variance = next_variance_.data();
      norm.normalised = first(normalised_.view(), state);
      norm.inverse_stddev = inverse_stddev_.data();
      norm.output = first(this->output_.value, state);
      batch_norm_forward(norm, {panel, panel + 1});
    });
  }

  void add_backward(Program<T>& program) override {
    program.by_tiles(panels(), [this](const StepState<T>& state, Index panel) {
      BatchNormBackward<T> norm;
      norm.output_gradient = first(this->output_.gradient, state);
      norm.normalised = first(normalised_.view(), state);
      norm.inverse_stddev = inverse_stddev_.data();
      norm.scale = layer_.norm_scale.data();
      norm.input_gradient = first(input_.gradient, state);
      norm.scale_gradient = parameters_.scale->gradient.data();
      norm.shift_gradient = parameters_.shift->gradient.data();
      batch_norm_backward(norm, {panel, panel + 1});
    });
  }

  void add_gradients(Program<T>& program, bool update) override {
    if (!update) return;  // add_backward() has left them
    program.by_tiles(panels(), [this](const StepState<T>& state, Index panel) {
      parameters_.update_panel(state.rule, panel);
    });
  }

  void add_statistics(Program<T>& program) override {
    program.by_tiles(panels(), [this](const StepState<T>&, Index panel) {
      copy_panel(next_mean_, layer_.running_mean, panel);
      copy_panel(next_variance_, layer_.running_variance, panel);
    });
  }

 private:
  Index panels() const { return input_.value.panels(); }
  Panels<T> first(Panels<T> matrix, const StepState<T>& state) const {
    return input_.first_samples(matrix, state.rows);
  }
  static void copy_panel(const Buffer<T>& from, Buffer<T>& to, Index panel) {
    std::copy_n(from.data() + panel * kPanelWidth, kPanelWidth, to.data() + panel * kPanelWidth);
  }

  const Signal<T>& input_;
  LayerParameters<T>& layer_;
  const NormParameters<T> parameters_;
  PanelMatrix<T> normalised_;
  Buffer<T> inverse_stddev_;
  Buffer<T> next_mean_, next_variance_;
};

}  // namespace

template <class T>
StagePointer<T> make_batch_norm_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<BatchNormStage<T>>(context, input);
}

template StagePointer<float> make_batch_norm_stage(const StageContext<float>&,
                                                   const Signal<float>&);
template StagePointer<double> make_batch_norm_stage(const StageContext<double>&,
                                                    const Signal<double>&);

}  // namespace hourglass
