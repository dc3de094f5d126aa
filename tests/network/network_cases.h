#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "network/penalty.h"
#include "network/training_plan.h"

namespace hourglass::test {

/// A network and a step, with a name to report it by.
struct NetworkCase {
  std::string name;
  NetworkSpec network;
  StepSpec step;
  bool masked = false;
};

/// features → 7 → 3 → 7 → features with everything alike in the hidden layers.
inline NetworkSpec small_network(Activation activation, Norm norm = Norm::kNone, double dropout = 0,
                                 bool tied = false) {
  NetworkSpec spec;
  spec.features = 5;
  const LayerSpec hidden{7, activation, norm, dropout};
  spec.encoder = {hidden, {3, activation, norm, 0}};
  spec.decoder = {hidden, {5, Activation::kIdentity, Norm::kNone, 0}};
  spec.tied = tied;
  return spec;
}

/// The network with as many outputs as a loss wants.
inline NetworkSpec with_outputs_for(Loss loss, NetworkSpec spec) {
  spec.outputs_per_feature = info(loss).outputs_per_feature;
  spec.decoder.back().width = spec.outputs();
  return spec;
}

/// The network with a penalty on one of its encoder's layers, where the penalty's own layers, if it
/// has any, are in place. False if they cannot be had together.
inline bool penalise(NetworkCase& c, PenaltySpec penalty) {
  const PenaltyKind& kind = *find_penalty(penalty.kind);
  if (kind.reshape != nullptr) {
    const auto encoders = static_cast<Index>(c.network.encoder.size());
    if (c.network.encoder.back().kind != LayerKind::kDense) return false;
    kind.reshape(c.network.encoder, static_cast<std::size_t>(encoders - 1), penalty.weight);
    penalty.layer = encoders;
  }
  // Twice as many numbers as a tied decoder could take in.
  if (c.network.tied && c.network.encoder.back().kind == LayerKind::kGaussian) return false;
  if (!kind.refusal(c.network, penalty).empty()) return false;
  c.step.penalties.push_back(penalty);
  return true;
}

/// Layers over maps, for networks written out by hand.
inline LayerSpec map_layer(LayerKind kind, MapShape map, Window window,
                           Activation activation = Activation::kIdentity, Norm norm = Norm::kNone) {
  LayerSpec layer;
  layer.kind = kind;
  layer.map = map;
  layer.width = map.size();
  layer.window = window;
  layer.activation = activation;
  layer.norm = norm;
  return layer;
}

inline NetworkSpec network_over(MapShape input) {
  NetworkSpec spec;
  spec.input = input;
  spec.features = input.size();
  return spec;
}

/// Strided convolutions down to a dense code and transposed ones back up, through odd sizes.
inline NetworkSpec strided_network(Activation activation, Norm norm = Norm::kNone,
                                   double dropout = 0, Index channels = 3) {
  NetworkSpec spec = network_over({5, 6, 2});
  const Window window{3, 3, 2, 2};
  const MapShape middle{3, 3, channels}, small{2, 2, 4};
  spec.encoder = {map_layer(LayerKind::kConvolution, middle, window, activation, norm),
                  map_layer(LayerKind::kConvolution, small, window, activation, norm),
                  {3, Activation::kIdentity}};
  spec.encoder[0].dropout = dropout;
  LayerSpec spread{small.size(), activation};
  spread.map = small;
  spec.decoder = {spread,
                  map_layer(LayerKind::kTransposedConvolution, middle, window, activation, norm),
                  map_layer(LayerKind::kTransposedConvolution, spec.input, window)};
  spec.decoder[1].dropout = dropout;
  return spec;
}

/// Pools down to a code that is a map, nearest upsampling back up; with `skips`, outputs of the
/// encoder added in the decoder and the input to the output.
inline NetworkSpec pooled_network(Activation activation, LayerKind pool, bool skips,
                                  Norm norm = Norm::kNone) {
  NetworkSpec spec = network_over({5, 4, 1});
  const Window window{3, 3, 1, 1}, half{2, 2, 2, 2};
  const MapShape wide{5, 4, 3}, small{3, 2, 3}, code{3, 2, 2};
  spec.encoder = {map_layer(LayerKind::kConvolution, wide, window, activation, norm),
                  map_layer(pool, small, half),
                  map_layer(LayerKind::kConvolution, code, window, Activation::kTanh)};
  spec.decoder = {map_layer(LayerKind::kConvolution, small, window, activation, norm),
                  map_layer(LayerKind::kUpsample, wide, half),
                  map_layer(LayerKind::kConvolution, wide, window, activation, norm),
                  map_layer(LayerKind::kConvolution, spec.input, window)};
  if (skips) {
    spec.decoder[0].adds = 1;
    spec.decoder[2].adds = 0;
    spec.decoder[3].adds = kNetworkInput;
  }
  return spec;
}

/// A series, with channels that fill panels in the middle.
inline NetworkSpec series_network(Activation activation, Norm norm = Norm::kNone) {
  NetworkSpec spec = network_over({1, 7, 1});
  const Window window{1, 3, 1, 2};
  const MapShape middle{1, 4, 16}, code{1, 2, 2};
  spec.encoder = {map_layer(LayerKind::kConvolution, middle, window, activation, norm),
                  map_layer(LayerKind::kConvolution, code, window, activation)};
  spec.decoder = {map_layer(LayerKind::kTransposedConvolution, middle, window, activation, norm),
                  map_layer(LayerKind::kTransposedConvolution, spec.input, window)};
  for (std::vector<LayerSpec>* side : {&spec.encoder, &spec.decoder}) {
    for (LayerSpec& layer : *side) layer.dimensions = 1;
  }
  return spec;
}

/// Channels that fill panels throughout, at stride 1: the middle convolutions go Winograd's way.
/// Residual, with a map as its code.
inline constexpr const char* kWholePanels = "whole panels";
inline NetworkSpec panels_network(Activation activation, Norm norm = Norm::kNone) {
  NetworkSpec spec = network_over({4, 6, 1});
  const Window window{3, 3, 1, 1};
  const MapShape wide{4, 6, 16};
  spec.encoder = {map_layer(LayerKind::kConvolution, wide, window, activation),
                  map_layer(LayerKind::kConvolution, wide, window, activation, norm)};
  spec.decoder = {map_layer(LayerKind::kConvolution, wide, window),
                  map_layer(LayerKind::kConvolution, spec.input, window)};
  spec.decoder[0].adds = 0;
  return spec;
}

/// One of each of the above and its variants.
inline std::vector<NetworkCase> map_cases(Activation activation) {
  const auto pooled = [&](LayerKind pool, bool skips, Norm norm = Norm::kNone) {
    return pooled_network(activation, pool, skips, norm);
  };
  std::vector<NetworkCase> cases = {
      {"strided", strided_network(activation), {}},
      {"strided, batch norm, dropout", strided_network(activation, Norm::kBatch, 0.3), {}},
      {"strided, layer norm, 5 channels", strided_network(activation, Norm::kLayer, 0, 5), {}},
      {"max pool", pooled(LayerKind::kMaxPool, false), {}},
      {"mean pool, skips", pooled(LayerKind::kMeanPool, true), {}},
      {"max pool, skips, batch norm", pooled(LayerKind::kMaxPool, true, Norm::kBatch), {}},
      {"series", series_network(activation), {}},
      {"series, layer norm", series_network(activation, Norm::kLayer), {}},
      {kWholePanels, panels_network(activation), {}},
      {std::string(kWholePanels) + ", batch norm", panels_network(activation, Norm::kBatch), {}}};
  for (NetworkCase& c : cases) c.name += std::string(", ") + std::string(info(activation).name);
  return cases;
}

/// Weights by initialise(), and biases, norm scales and shifts off their defaults, so that their
/// gradients are told apart.
template <class T>
void fill_parameters(Network<T>& network, std::uint64_t seed) {
  network.initialise(seed);
  std::vector<NamedTensor> tensors = network.tensors();
  RandomStream stream(seed, RandomPurpose::kSample, 1);
  for (NamedTensor& tensor : tensors) {
    if (tensor.shape.size() > 1 || tensor.name.find("running") != std::string::npos) continue;
    for (float& value : tensor.values) value += static_cast<float>(stream.uniform(-0.3, 0.3));
  }
  network.set_tensors(tensors);
}

/// A batch of numbers in [low, high); with `masked` about a quarter of the elements do not count.
template <class T>
void fill_batch(TrainingPlan<T>& plan, std::uint64_t seed, bool masked, double low = 0.05,
                double high = 0.95) {
  const auto fill = [&](Panels<T> panels, std::uint64_t stream_number, auto value) {
    RandomStream stream(seed, RandomPurpose::kSample, 2, stream_number);
    for (Index r = 0; r < panels.rows; ++r) {
      for (Index c = 0; c < panels.cols; ++c) panels.at(r, c) = static_cast<T>(value(stream));
    }
  };
  const auto number = [&](RandomStream& stream) { return stream.uniform(low, high); };
  fill(plan.input(), 0, number);
  fill(plan.target(), 1, number);
  if (masked) {
    fill(plan.mask(), 2, [](RandomStream& stream) { return stream.uniform() < 0.75 ? 1.0 : 0.0; });
  }
}

}  // namespace hourglass::test
