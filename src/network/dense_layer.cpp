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
void run(const LayerRun<T>& layer, Range samples) {
  DenseForward<T> forward;
  forward.input = layer.input;
  forward.weights = layer_weights(layer.network, layer.layer).weights;
  forward.bias = layer.network.parameters(layer.layer).bias.data();
  forward.activation = layer.activation;
  forward.output = layer.output;
  dense_forward(forward, samples);
}

}  // namespace

LayerKindRow dense_layer() {
  return {LayerKind::kDense,
          "dense",
          MapForm::kFlat,
          MapForm::kFlat,
          misfit,
          layout,
          {make_dense_stage<float>, plain_runner<float, run<float>>},
          {make_dense_stage<double>, plain_runner<double, run<double>>}};
}

}  // namespace hourglass
