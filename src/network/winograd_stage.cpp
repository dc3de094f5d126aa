#include "network/winograd_stage.h"

#include "kernel/winograd.h"
#include "network/convolution_layer.h"
#include "network/grouped_gradient.h"
#include "network/map_layers.h"

namespace hourglass {
namespace {

/// The way forward for a range of samples, in training and after it.
template <class T>
struct WinogradForward {
  const WinogradWeights<T>& weights;
  const T* bias;
  Activation activation;
  FeatureMap<T> pre_activation;  ///< as output; its numbers empty where not needed
  FeatureMap<T> output;

  void run(FeatureMap<const T> input, Range samples, T* scratch) const {
    const bool keeps = static_cast<bool>(pre_activation.numbers);
    const bool relu = activation == Activation::kRelu && !keeps;
    const FeatureMap<T> z = keeps ? pre_activation : output;
    winograd_convolve<T>({input, weights, z, false, bias, relu}, samples, scratch);
    if (relu || (activation == Activation::kIdentity && !keeps)) return;
    activation_forward<T>(activation, z.numbers, output.numbers, output.rows(samples));
  }
};

template <class T>
class WinogradStage : public Stage<T> {
 public:
  WinogradStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        map_(context.network.spec().input_shape(context.layer)),
        made_(context.spec().shape()),
        parameters_(context.network.parameters(context.layer)),
        weights_(map_.channels, made_.channels),
        scratch_(*context.scratch),
        sum_(*context.learned.find(context.layer, TensorRole::kWeight),
             context.learned.find(context.layer, TensorRole::kBias), context.batch) {
    if (input.gradient) turned_ = WinogradWeights<T>(made_.channels, map_.channels);
    scratch_.reserve(winograd_gradient_scratch(map_.channels, made_.channels));
    signal_.make(this->output_, context.batch, made_, false, own_activation(context.spec()));
  }

  void add_preparation(Program<T>& program) override {
    program.by_tiles(panel_count(made_.channels), [this](const StepState<T>&, Index panel) {
      weights_.renew(parameters_.weights.view(), panel);
    });
    if (turned_.empty()) return;
    program.by_tiles(panel_count(map_.channels), [this](const StepState<T>&, Index panel) {
      turned_.renew_turned(parameters_.weights_transposed.view(), panel);
    });
  }

  void add_forward(Program<T>& program) override {
    const Signal<T>& output = this->output_;
    const WinogradForward<T> forward{weights_,
                                     parameters_.bias.data(),
                                     output.activation,
                                     {output.activation_input, made_},
                                     value_map(output, made_)};
    program.by_rows([this, forward](const StepState<T>&, Range samples, int worker) {
      forward.run(value_map(input_, map_), samples, scratch_.of(worker));
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples, int worker) {
      winograd_convolve<T>(
          {gradient_map(this->output_, made_), turned_, gradient_map(input_, map_), input_.seeded},
          samples, scratch_.of(worker));
      apply_activation_derivative(input_, samples);
    });
  }

  void add_gradients(Program<T>& program, bool update) override {
    sum_.add_to(program, update, [this](Range samples, Panels<T> weight, T* bias, int worker) {
      const FeatureMap<T> gradient = gradient_map(this->output_, made_);
      winograd_weight_gradient<T>({value_map(input_, map_), gradient, weight}, samples,
                                  scratch_.of(worker));
      sum_channels<T>(gradient, samples, bias);
    });
  }

  StagePointer<T> make_tangent(const StageContext<T>& context,
                               const Signal<T>& input) const override {
    return make_convolution_tangent(context, input);
  }

 private:
  const Signal<T>& input_;
  const MapShape map_, made_;  // of the input, of the output
  const LayerParameters<T>& parameters_;
  WinogradWeights<T> weights_, turned_;
  Scratch<T>& scratch_;
  GroupedGradient<T> sum_;
  MapSignalBuffers<T> signal_;
};

template <class T>
class WinogradRunner : public LayerRunner<T> {
 public:
  using Weights = std::shared_ptr<const WinogradWeights<T>>;

  WinogradRunner(Weights weights, const T* bias) : weights_(std::move(weights)), bias_(bias) {}

  void run(const LayerRun<T>& layer, Range samples) override {
    const WinogradForward<T> forward{*weights_, bias_, layer.activation, {}, layer.output_map()};
    forward.run(layer.input_map(), samples, layer.scratch);
  }

  Index scratch() const override {
    return winograd_scratch(weights_->inputs(), weights_->outputs());
  }

  LayerRunnerPointer<T> for_another_thread() const override {
    return std::make_unique<WinogradRunner>(weights_, bias_);
  }

 private:
  Weights weights_;
  const T* bias_;
};

}  // namespace

bool winograd_serves(const LayerSpec& spec, const MapShape& input) {
  const auto& [height, width, stride_height, stride_width] = spec.window;
  return height == 3 && width == 3 && stride_height == 1 && stride_width == 1 &&
         winograd_serves(input, spec.shape().channels);
}

template <class T>
StagePointer<T> make_winograd_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<WinogradStage<T>>(context, input);
}

template <class T>
LayerRunnerPointer<T> make_winograd_runner(const Network<T>& network, Index layer) {
  const LayerParameters<T>& parameters = network.parameters(layer);
  auto weights = std::make_shared<WinogradWeights<T>>(network.spec().input_shape(layer).channels,
                                                      network.layer(layer).shape().channels);
  for (Index panel = 0; panel < panel_count(weights->outputs()); ++panel) {
    weights->renew(parameters.weights.view(), panel);
  }
  return std::make_unique<WinogradRunner<T>>(std::move(weights), parameters.bias.data());
}

#define HOURGLASS_INSTANTIATE(T)                                                             \
  template StagePointer<T> make_winograd_stage<T>(const StageContext<T>&, const Signal<T>&); \
  template LayerRunnerPointer<T> make_winograd_runner<T>(const Network<T>&, Index)
HOURGLASS_INSTANTIATE(float);
HOURGLASS_INSTANTIATE(double);
#undef HOURGLASS_INSTANTIATE

}  // namespace hourglass
