#include "network/upsample_layer.h"

#include "base/error.h"
#include "kernel/upsampling.h"
#include "network/map_layers.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  HOURGLASS_CHECK(spec.activation == Activation::kIdentity && spec.norm == Norm::kNone);
  const Window& window = spec.window;
  MapShape made{input.height * window.stride_height, input.width * window.stride_width,
                input.channels};
  const MapShape wanted = spec.shape();
  if (strided(wanted.height, window.stride_height) == input.height) made.height = wanted.height;
  if (strided(wanted.width, window.stride_width) == input.width) made.width = wanted.width;
  return map_misfit(spec, input, made);
}

LayerLayout layout(const LayerSpec& spec, const MapShape&) {
  LayerLayout layout;
  layout.multiply_adds = static_cast<double>(spec.width);
  return layout;
}

template <class T>
class UpsampleStage : public Stage<T> {
 public:
  UpsampleStage(const StageContext<T>& context, const Signal<T>& input)
      : window_(context.spec().window),
        input_(input),
        input_shape_(context.network.spec().input_shape(context.layer)),
        output_shape_(context.spec().shape()) {
    signal_.make(this->output_, context.batch, output_shape_, false);
  }

  void add_forward(Program<T>& program) override {
    program.by_rows([this](const StepState<T>&, Range samples) {
      upsample_forward<T>(window_, value_map(input_, input_shape_),
                          value_map(this->output_, output_shape_), samples);
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples) {
      upsample_backward<T>(window_, gradient_map(this->output_, output_shape_),
                           gradient_map(input_, input_shape_), input_.seeded, samples);
      apply_activation_derivative(input_, samples);
    });
  }

 private:
  const Window window_;
  const Signal<T>& input_;
  const MapShape input_shape_, output_shape_;
  MapSignalBuffers<T> signal_;
};

template <class T>
void run(const LayerRun<T>& layer, Range samples) {
  upsample_forward<T>(layer.network.layer(layer.layer).window, layer.input_map(),
                      layer.output_map(), samples);
}

template <class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<UpsampleStage<T>>(context, input);
}

}  // namespace

LayerKindRow upsample_layer() {
  return {LayerKind::kUpsample,
          "upsample",
          MapForm::kMap,
          MapForm::kMap,
          misfit,
          layout,
          {make_stage<float>, plain_runner<float, run<float>>},
          {make_stage<double>, plain_runner<double, run<double>>}};
}

}  // namespace hourglass
