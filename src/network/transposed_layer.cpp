#include "network/transposed_layer.h"

#include "kernel/dense.h"
#include "kernel/elementwise.h"
#include "network/grouped_gradient.h"
#include "network/map_layers.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec& spec, const MapShape& input) {
  std::string window = convolution_window_misfit(spec.window);
  if (!window.empty()) return window;
  const PatchGeometry geometry{spec.shape(), spec.window};
  return map_misfit(spec, input,
                    geometry.height() == input.height && geometry.width() == input.width
                        ? spec.shape()
                        : MapShape{input.height * spec.window.stride_height,
                                   input.width * spec.window.stride_width, spec.shape().channels});
}

LayerLayout layout(const LayerSpec& spec, const MapShape& input) {
  const PatchGeometry geometry{spec.shape(), spec.window};
  const auto& [height, width, stride_height, stride_width] = spec.window;
  const Index outputs = spec.shape().channels;
  LayerLayout layout;
  layout.weight_rows = input.channels;
  layout.weight_cols = geometry.columns();
  layout.weight_axes = {{input.channels, 1, 0}, {outputs, 0, 1}};
  if (spec.dimensions == 2) layout.weight_axes.push_back({height, 0, width * outputs});
  layout.weight_axes.push_back({width, 0, outputs});
  layout.units = outputs;
  layout.fan_in = static_cast<double>(height * width * input.channels) /
                  static_cast<double>(stride_height * stride_width);
  layout.fan_out = static_cast<double>(geometry.columns());
  layout.multiply_adds =
      static_cast<double>(input.positions()) * static_cast<double>(input.channels) * layout.fan_out;
  return layout;
}

/// The way forward for a range of samples, in training and after it.
template <class T>
struct Transposed {
  Panels<const T> weights;
  const T* bias = nullptr;
  Activation activation = Activation::kIdentity;
  FeatureMap<T> pre_activation;  ///< as output; its numbers empty where not needed
  FeatureMap<T> output;

  void run(Panels<const T> input, Range samples, PatchBuffer<T>& buffer) const {
    const FeatureMap<T> z = pre_activation.numbers ? pre_activation : output;
    buffer.scatter(z, samples, PatchBuffer<T>::From::kStart, bias,
                   [&](Panels<T> patches, Range rows) {
                     DenseForward<T> product;
                     product.input = rows_of(input, rows);
                     product.weights = weights;
                     product.output = patches;
                     dense_forward(product, {0, rows.size()});
                   });
    if (activation == Activation::kIdentity && !pre_activation.numbers) return;
    activation_forward<T>(activation, z.numbers, output.numbers, output.rows(samples));
  }
};

template <class T>
class TransposedStage : public Stage<T> {
 public:
  TransposedStage(const StageContext<T>& context, const Signal<T>& input)
      : input_(input),
        geometry_{context.spec().shape(), context.spec().window},
        parameters_(context.network.parameters(context.layer)),
        buffers_(patch_buffers<T>(geometry_, context.workers)),
        sum_(*context.learned.find(context.layer, TensorRole::kWeight),
             context.learned.find(context.layer, TensorRole::kBias), context.batch) {
    signal_.make(this->output_, context.batch, geometry_.map,
                 !writes_map(context.network.spec(), context.layer),
                 own_activation(context.spec()));
  }

  void add_forward(Program<T>& program) override {
    const Signal<T>& output = this->output_;
    const Transposed<T> transposed{parameters_.weights.view(),
                                   parameters_.bias.data(),
                                   output.activation,
                                   {output.activation_input, geometry_.map},
                                   value_map(output, geometry_.map)};
    program.by_rows([this, transposed](const StepState<T>&, Range samples, int worker) {
      transposed.run(input_.value, samples, buffer(worker));
    });
  }

  void add_backward(Program<T>& program) override {
    if (!input_.gradient) return;
    program.by_rows([this](const StepState<T>&, Range samples, int worker) {
      DenseBackwardData<T> product;
      product.weights_transposed = parameters_.weights_transposed.view();
      product.activation = input_.activation;
      product.accumulate = input_.seeded;
      gather(samples, worker, [&](Panels<const T> patches, Range rows) {
        product.output_gradient = patches;
        product.activation_input = rows_of<const T>(input_.activation_input, rows);
        product.activation_output = rows_of<const T>(input_.value, rows);
        product.input_gradient = rows_of(input_.gradient, rows);
        dense_backward_data(product, {0, rows.size()});
      });
    });
  }

  void add_gradients(Program<T>& program, bool update) override {
    sum_.add_to(program, update, [this](Range samples, Panels<T> weight, T* bias, int worker) {
      DenseBackwardWeights<T> product;
      product.weight_gradient = weight;
      gather(samples, worker, [&](Panels<const T> patches, Range rows) {
        product.input = rows_of<const T>(input_.value, rows);
        product.output_gradient = patches;
        dense_backward_weights(product, {0, weight.rows}, {0, weight.panels()});
        product.accumulate = true;
      });
      sum_channels<T>(gradient_map(this->output_, geometry_.map), samples, bias);
    });
  }

 private:
  PatchBuffer<T>& buffer(int worker) { return buffers_[static_cast<std::size_t>(worker)]; }

  /// The patches of ∂L/∂z.
  template <class Use>
  void gather(Range samples, int worker, const Use& use) {
    buffer(worker).gather(gradient_map(this->output_, geometry_.map), samples, use);
  }

  const Signal<T>& input_;
  const PatchGeometry geometry_;  // of the output
  const LayerParameters<T>& parameters_;
  std::vector<PatchBuffer<T>> buffers_;
  GroupedGradient<T> sum_;
  MapSignalBuffers<T> signal_;
};

template <class T>
class TransposedRunner : public LayerRunner<T> {
 public:
  TransposedRunner(const Network<T>& network, Index layer)
      : parameters_(network.parameters(layer)),
        buffer_({network.layer(layer).shape(), network.layer(layer).window}) {}

  void run(const LayerRun<T>& layer, Range samples) override {
    const Transposed<T> transposed{parameters_.weights.view(),
                                   parameters_.bias.data(),
                                   layer.activation,
                                   {},
                                   layer.output_map()};
    transposed.run(layer.input, samples, buffer_);
  }

 private:
  const LayerParameters<T>& parameters_;
  PatchBuffer<T> buffer_;
};

template <class T>
StagePointer<T> make_stage(const StageContext<T>& context, const Signal<T>& input) {
  return std::make_unique<TransposedStage<T>>(context, input);
}

template <class T>
LayerRunnerPointer<T> make_runner(const Network<T>& network, Index layer) {
  return std::make_unique<TransposedRunner<T>>(network, layer);
}

}  // namespace

LayerKindRow transposed_layer() {
  return {LayerKind::kTransposedConvolution,
          "conv_transpose",
          MapForm::kMap,
          MapForm::kEither,
          misfit,
          layout,
          {make_stage<float>, make_runner<float>},
          {make_stage<double>, make_runner<double>}};
}

}  // namespace hourglass
