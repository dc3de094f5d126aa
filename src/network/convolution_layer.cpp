#include "network/convolution_layer.h"

#include "kernel/dense.h"
#include "network/grouped_gradient.h"
#include "network/map_layers.h"
#include "network/winograd_stage.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  std::string window = convolution_window_misfit(spec.window);
  if (!window.empty()) return window;
  const PatchGeometry geometry{input, spec.window};
  return map_misfit(spec, input, {geometry.height(), geometry.width(), spec.shape().channels});
}

LayerLayout layout(const LayerSpec& spec, const MapShape& input) {
  const PatchGeometry geometry{input, spec.window};
  const auto& [height, width, stride_height, stride_width] = spec.window;
  const Index outputs = spec.shape().channels;
  LayerLayout layout;
  layout.weight_rows = geometry.columns();
  layout.weight_cols = outputs;
  layout.weight_axes = {{outputs, 0, 1}, {input.channels, 1, 0}};
  if (spec.dimensions == 2) layout.weight_axes.push_back({height, width * input.channels, 0});
  layout.weight_axes.push_back({width, input.channels, 0});
  layout.units = outputs;
  layout.fan_in = static_cast<double>(geometry.columns());
  layout.fan_out = static_cast<double>(height * width * outputs) /
                   static_cast<double>(stride_height * stride_width);
  layout.multiply_adds =
      static_cast<double>(geometry.positions()) * layout.fan_in * static_cast<double>(outputs);
  return layout;
}

/// The way forward for a range of samples, in training and after it.
template <class T>
struct Convolution {
  Panels<const T> weights;
  const T* bias = nullptr;
  Activation activation = Activation::kIdentity;
  Panels<T> pre_activation;  ///< as output; empty where not needed
  Panels<T> output;          ///< samples · positions × channels

  void run(FeatureMap<const T> input, Range samples, PatchBuffer<T>& buffer) const {
    buffer.gather(input, samples, [&](Panels<const T> patches, Range rows) {
      DenseForward<T> forward;
      forward.input = patches;
      forward.weights = weights;
      forward.bias = bias;
      forward.activation = activation;
      forward.pre_activation = rows_of(pre_activation, rows);
      forward.output = rows_of(output, rows);
      dense_forward(forward, {0, rows.size()});
    });
  }
};

template <class T>
class ConvolutionStage : public Stage<T> {
 public:
  /// As a tangent: no bias, no activation, and gradients that join those that are there.
  ConvolutionStage(const StageContext<T>& context, const Signal<T>& input, bool tangent = false)
      : input_(input),
        geometry_{context.network.spec().input_shape(context.layer), context.spec().window},
        parameters_(context.network.parameters(context.layer)),
        bias_(tangent ? nullptr : parameters_.bias.data()),
        buffers_(patch_buffers<T>(geometry_, context.workers)),
        sum_(*context.learned.find(context.layer, TensorRole::kWeight),
             tangent ? nullptr : context.learned.find(context.layer, TensorRole::kBias),
             context.batch, tangent ? Sum::Before::kAddedTo : Sum::Before::kReplaced) {
    signal_.make(this->output_, context.batch, context.spec().shape(), false,
                 tangent ? Activation::kIdentity : own_activation(context.spec()));
  }

  void add_forward(Program<T>& program) override {
    const Signal<T>& output = this->output_;
    const Convolution<T> convolution{parameters_.weights.view(), bias_, output.activation,
                                     output.activation_input, output.value};
    program.by_rows([this, convolution](const StepState<T>&, Range samples, int worker) {
      convolution.run(value_map(input_, geometry_.map), samples, buffer(worker));
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples, int worker) {
      const auto from = input_.seeded ? PatchBuffer<T>::From::kMap : PatchBuffer<T>::From::kStart;
      buffer(worker).scatter(gradient_map(input_, geometry_.map), samples, from, nullptr,
                             [&](Panels<T> patches, Range rows) { fill(patches, rows); });
      apply_activation_derivative(input_, samples);
    });
  }

  void add_gradients(Program<T>& program, bool update) override {
    sum_.add_to(program, update, [this](Range samples, Panels<T> weight, T* bias, int worker) {
      DenseBackwardWeights<T> product;
      product.weight_gradient = weight;
      product.bias_gradient = bias;
      buffer(worker).gather(
          value_map(input_, geometry_.map), samples, [&](Panels<const T> patches, Range rows) {
            product.input = patches;
            product.output_gradient = rows_of(this->output_.gradient, rows);
            dense_backward_weights(product, {0, patches.cols}, {0, weight.panels()});
            product.accumulate = true;
          });
    });
  }

  StagePointer<T> make_tangent(const StageContext<T>& context,
                               const Signal<T>& input) const override {
    return make_convolution_tangent(context, input);
  }

 private:
  using Sum = GroupedGradient<T>;

  PatchBuffer<T>& buffer(int worker) { return buffers_[static_cast<std::size_t>(worker)]; }

  /// ∂L/∂patches = ∂L/∂z · Wᵀ.
  void fill(Panels<T> patches, Range rows) const {
    DenseForward<T> product;
    product.input = rows_of(this->output_.gradient, rows);
    product.weights = parameters_.weights_transposed.view();
    product.output = patches;
    dense_forward(product, {0, rows.size()});
  }

  const Signal<T>& input_;
  const PatchGeometry geometry_;
  const LayerParameters<T>& parameters_;
  const T* const bias_;
  std::vector<PatchBuffer<T>> buffers_;
  Sum sum_;
  MapSignalBuffers<T> signal_;
};

template <class T>
class ConvolutionRunner : public LayerRunner<T> {
 public:
  ConvolutionRunner(const Network<T>& network, Index layer)
      : parameters_(network.parameters(layer)),
        buffer_({network.spec().input_shape(layer), network.layer(layer).window}) {}

  void run(const LayerRun<T>& layer, Range samples) override {
    const Convolution<T> convolution{
        parameters_.weights.view(), parameters_.bias.data(), layer.activation, {}, layer.output};
    convolution.run(layer.input_map(), samples, buffer_);
  }

 private:
  const LayerParameters<T>& parameters_;
  PatchBuffer<T> buffer_;
};

template <class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  if (winograd_serves(context.spec(), context.network.spec().input_shape(context.layer))) {
    return make_winograd_stage(context, input);
  }
  return std::make_unique<ConvolutionStage<T>>(context, input);
}

template <class T>
LayerRunnerPointer<T> make_runner(const Network<T>& network, Index layer) {
  if (winograd_serves(network.layer(layer), network.spec().input_shape(layer))) {
    return make_winograd_runner(network, layer);
  }
  return std::make_unique<ConvolutionRunner<T>>(network, layer);
}

}  // namespace

template <class T>
StagePointer<T> make_convolution_tangent(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<ConvolutionStage<T>>(context, input, true);
}
template StagePointer<float> make_convolution_tangent(const StageContext<float>&,
                                                      const Signal<float>&);
template StagePointer<double> make_convolution_tangent(const StageContext<double>&,
                                                       const Signal<double>&);

LayerKindRow convolution_layer() {
  return {LayerKind::kConvolution,
          "conv",
          MapForm::kEither,
          MapForm::kMap,
          misfit,
          layout,
          {make_stage<float>, make_runner<float>},
          {make_stage<double>, make_runner<double>}};
}

}  // namespace hourglass
