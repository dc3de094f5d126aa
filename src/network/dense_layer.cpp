#include "network/dense_layer.h"

#include "kernel/dense.h"
#include "network/layer_weights.h"

namespace hourglass {
namespace {

std::string misfit(const LayerSpec&, const MapShape&) { return {}; }

LayerLayout layout(const LayerSpec& spec, const MapShape& input) {
  LayerLayout layout;
  layout.weight_rows = input.size();
  layout.weight_cols = spec.width;
  layout.weight_axes = {{spec.width, 0, 1}, {input.size(), 1, 0}};
  layout.units = spec.width;
  layout.fan_in = static_cast<double>(input.size());
  layout.fan_out = static_cast<double>(spec.width);
  layout.multiply_adds = layout.fan_in * layout.fan_out;
  return layout;
}

template <class T>
class DenseRunner : public LayerRunner<T> {
 public:
  DenseRunner(const Network<T>& network, Index layer)
      : weights_(layer_weights(network, layer).weights),
        bias_(network.parameters(layer).bias.data()) {}

  void run(FeatureMap<const T> input, Activation activation, FeatureMap<T> output,
           Range samples) override {
    DenseForward<T> forward;
    forward.input = input.numbers;
    forward.weights = weights_;
    forward.bias = bias_;
    forward.activation = activation;
    forward.output = output.numbers;
    dense_forward(forward, samples);
  }

 private:
  const Panels<const T> weights_;
  const T* const bias_;
};

template <class T>
LayerRunnerPointer<T> make_runner(const Network<T>& network, Index layer) {
  return std::make_unique<DenseRunner<T>>(network, layer);
}

}  // namespace

LayerKindRow dense_layer() {
  return {LayerKind::kDense,
          "dense",
          MapForm::kFlat,
          MapForm::kFlat,
          misfit,
          layout,
          {make_dense_stage<float>, make_runner<float>},
          {make_dense_stage<double>, make_runner<double>}};
}

}  // namespace hourglass
