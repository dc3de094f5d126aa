#include "network/map_layers.h"

namespace hourglass {
namespace {

/// The same numbers laid out the other way, flat instead of as maps or as maps instead of flat, for
/// a layer that reads only that.
template <class T>
class LayoutStage : public Stage<T> {
 public:
  LayoutStage(const StageContext<T>& context, const Signal<T>& input, const MapShape& shape)
      : input_(input), shape_(shape) {
    signal_.make(this->output_, context.batch, shape, input.rows_per_sample > 1);
    if (!input.gradient) this->output_.gradient = {};
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      copy_maps<T>(value_map(input_, shape_), value_map(this->output_, shape_), samples);
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples) {
      const FeatureMap<T> from = gradient_map(this->output_, shape_);
      const FeatureMap<T> to = gradient_map(input_, shape_);
      input_.seeded ? add_maps<T>(from, to, samples) : copy_maps<T>(from, to, samples);
      apply_activation_derivative(input_, samples);
    });
  }

  StagePointer<T> make_tangent(const StageContext<T>& context,
                               const Signal<T>& input) const override {
    return std::make_unique<LayoutStage>(context, input, shape_);
  }

 private:
  const Signal<T>& input_;
  const MapShape shape_;
  MapSignalBuffers<T> signal_;
};

}  // namespace

template <class T>
StagePointer<T> make_input_layout_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<LayoutStage<T>>(context, input,
                                          context.network.spec().input_shape(context.layer));
}

template <class T>
StagePointer<T> make_output_layout_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<LayoutStage<T>>(context, input, context.spec().shape());
}

#define HOURGLASS_INSTANTIATE(T)                                                              \
  template StagePointer<T> make_input_layout_stage(const StageContext<T>&, const Signal<T>&); \
  template StagePointer<T> make_output_layout_stage(const StageContext<T>&, const Signal<T>&)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
