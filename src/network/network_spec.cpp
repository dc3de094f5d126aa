#include "network/network_spec.h"

#include <algorithm>
#include <fmt/format.h>
#include <string>

#include "base/error.h"
#include "network/layer_kind.h"

namespace hourglass {
namespace {

constexpr Index kMaxWidth = Index{1} << 24;
constexpr Index kMaxWeights = Index{1} << 33;  // per layer; 32 GiB of float32

struct Side {
  const char* name;
  const std::vector<LayerSpec>& layers;
};

void validate_layer(const Side& side, std::size_t i, const MapShape& input) {
  const LayerSpec& layer = side.layers[i];
  const std::string where = fmt::format("{} layer {}", side.name, i + 1);
  if (layer.width < 1 || layer.width > kMaxWidth) {
    usage_error(
        fmt::format("{} has {} units; give it between 1 and {}", where, layer.width, kMaxWidth));
  }
  const MapShape shape = layer.shape();
  HOURGLASS_CHECK(shape.height >= 1 && shape.width >= 1 && shape.channels >= 1);
  HOURGLASS_CHECK(shape.height <= kMaxWidth && shape.width <= kMaxWidth &&
                  shape.positions() <= kMaxWidth && shape.channels <= kMaxWidth &&
                  shape.size() == layer.width);
  const LayerKindRow& kind = layer_kind(layer.kind);
  const std::string misfit = kind.misfit(layer, input);
  if (!misfit.empty()) usage_error(fmt::format("{} {}", where, misfit));
  const LayerLayout layout = kind.layout(layer, input);
  if (layout.weight_cols > 0 && layout.weight_rows > kMaxWeights / layout.weight_cols) {
    usage_error(fmt::format("{} would have {} x {} weights, which is more than {}; use fewer units",
                            where, layout.weight_rows, layout.weight_cols, kMaxWeights));
  }
  if (!(layer.noise >= 0 && layer.noise <= 1000)) {
    usage_error(fmt::format("{} has noise {}; give a standard deviation from 0 to 1000", where,
                            layer.noise));
  }
  if (!(layer.dropout >= 0 && layer.dropout < 1)) {
    usage_error(
        fmt::format("{} has dropout {}; give a share from 0 to below 1", where, layer.dropout));
  }
}

/// Positions of the layers that have weights to share.
std::vector<Index> dense_layers(const std::vector<LayerSpec>& layers) {
  std::vector<Index> positions;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].kind == LayerKind::kDense) positions.push_back(static_cast<Index>(i));
  }
  return positions;
}

// Whether the output of a layer, or the network's input, lies as a map once the layer is done.
bool gives_map(const NetworkSpec& spec, Index i) {
  return i >= 0 && i + 1 < spec.layer_count() && writes_map(spec, i);
}

void validate_skips(const NetworkSpec& spec) {
  std::vector<Index> sources;
  for (Index i = 0; i < spec.layer_count(); ++i) {
    const Index source = spec.layer(i).adds;
    if (source == kNothing) continue;
    HOURGLASS_CHECK(source >= kNetworkInput && source < i);
    HOURGLASS_CHECK(std::find(sources.begin(), sources.end(), source) == sources.end());
    sources.push_back(source);
    const MapShape from = spec.input_shape(source + 1), to = spec.layer(i).shape();
    if (from != to || gives_map(spec, source) != gives_map(spec, i)) {
      usage_error(fmt::format("{} cannot add a map of {} to its own of {}; leave the skip out",
                              layer_name(spec, i), shape_text(from), shape_text(to)));
    }
  }
}

void validate_tied(const NetworkSpec& spec) {
  if (spec.has_maps()) {
    usage_error("tied weights are for dense layers alone: leave tied out, or use dense layers");
  }
  const std::vector<Index> dense = dense_layers(spec.encoder);
  const std::size_t n = dense.size();
  if (spec.decoder.size() != n) {
    usage_error(fmt::format(
        "tied weights need a decoder that mirrors the encoder: it has {} layers, the encoder {}",
        spec.decoder.size(), n));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const LayerSpec& mirrored = spec.encoder[static_cast<std::size_t>(dense[n - 1 - i])];
    const auto position = static_cast<Index>(spec.encoder.size() + i);
    const Index takes = spec.input_shape(position).size();
    const Index wanted = spec.input_shape(dense[n - 1 - i]).size();
    if (takes != mirrored.width) {
      usage_error(fmt::format(
          "tied weights need a decoder that mirrors the encoder: decoder layer {} takes in {} "
          "numbers where the layer it mirrors gives {}; leave tied out",
          i + 1, takes, mirrored.width));
    }
    if (spec.decoder[i].width != wanted) {
      usage_error(fmt::format(
          "tied weights need a decoder that mirrors the encoder: decoder layer {} has {} units and "
          "should have {}",
          i + 1, spec.decoder[i].width, wanted));
    }
  }
}

}  // namespace

std::string shape_text(const MapShape& shape) {
  return fmt::format("{} x {} x {}", shape.height, shape.width, shape.channels);
}

std::string layer_name(const NetworkSpec& spec, Index layer) {
  const auto encoders = static_cast<Index>(spec.encoder.size());
  return layer < encoders ? fmt::format("encoder.{}", layer)
                          : fmt::format("decoder.{}", layer - encoders);
}

const LayerSpec& NetworkSpec::layer(Index i) const {
  const Index encoders = static_cast<Index>(encoder.size());
  return i < encoders ? encoder[static_cast<std::size_t>(i)]
                      : decoder[static_cast<std::size_t>(i - encoders)];
}

bool NetworkSpec::has_maps() const {
  bool any = input_shape(0).positions() > 1;
  for (Index i = 0; i < layer_count(); ++i) any = any || layer(i).shape().positions() > 1;
  return any;
}

bool NetworkSpec::skips_code() const {
  const Index encoders = static_cast<Index>(encoder.size());
  for (Index i = encoders; i < layer_count(); ++i) {
    if (layer(i).adds != kNothing && layer(i).adds < encoders) return true;
  }
  return false;
}

MapShape NetworkSpec::input_shape(Index i) const {
  if (i > 0) return layer(i - 1).shape();
  return input.channels > 0 ? input : MapShape{1, 1, features};
}

Index NetworkSpec::weights_owner(Index i) const {
  const auto encoders = static_cast<Index>(encoder.size());
  if (!tied || i < encoders) return i;
  const std::vector<Index> dense = dense_layers(encoder);
  return dense[dense.size() - 1 - static_cast<std::size_t>(i - encoders)];
}

void validate(const NetworkSpec& spec) {
  if (spec.features < 1 || spec.features > kMaxWidth) {
    usage_error(
        fmt::format("a network takes between 1 and {} features, not {}", kMaxWidth, spec.features));
  }
  MapShape input = spec.input_shape(0);
  HOURGLASS_CHECK(input.size() == spec.features);
  for (const Side& side : {Side{"encoder", spec.encoder}, Side{"decoder", spec.decoder}}) {
    if (side.layers.empty()) usage_error(fmt::format("the {} needs at least one layer", side.name));
    for (std::size_t i = 0; i < side.layers.size(); ++i) {
      validate_layer(side, i, input);
      input = side.layers[i].shape();
    }
  }
  if (input.size() != spec.outputs()) {
    usage_error(
        fmt::format("the last decoder layer has {} units; it needs {} for each of the {} features",
                    input.size(), spec.outputs_per_feature, spec.features));
  }
  if (spec.decoder.back().dropout > 0) {
    usage_error(
        "the last decoder layer has dropout, which would blank reconstructed features; "
        "leave it 0 there");
  }
  if (spec.tied) validate_tied(spec);
  validate_skips(spec);
}

}  // namespace hourglass
