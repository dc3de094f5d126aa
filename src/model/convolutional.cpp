#include "model/convolutional.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr Index kMostImageChannels = 4;
constexpr Index kLargeImagePixels = 64 * 64;
constexpr Index kHiddenAfterMaps = 256;
constexpr Index kMostHiddenWeights = 8 << 20;

bool are_images(const std::vector<Index>& shape) {
  return shape.size() == 2 || (shape.size() == 3 && shape[2] <= kMostImageChannels);
}

std::string shape_words(const std::vector<Index>& shape) {
  return shape.size() == 1 ? fmt::format("{} columns", shape[0])
                           : fmt::format("{}", fmt::join(shape, " x "));
}

[[noreturn]] void refuse_samples(const std::vector<Index>& shape) {
  if (shape.size() == 1) {
    usage_error(fmt::format(
        "convolutions need neighbours, which the {} of a table are not: use family deep; or, if "
        "they are a series in order, architecture conv1d",
        shape_words(shape)));
  }
  usage_error(fmt::format(
      "convolutions take images of height x width or height x width x channels (at most {}), the "
      "samples are {}: {}, or use family deep",
      kMostImageChannels, shape_words(shape),
      shape.size() == 3 && shape[0] <= kMostImageChannels ? "put the channels last"
                                                          : "reshape them"));
}

MapShape halved(const MapShape& map, Index channels, bool series) {
  return {series ? 1 : strided(map.height, 2), strided(map.width, 2), channels};
}

/// The map of each level, from the input (level 0) down.
std::vector<MapShape> levels_of(const ModelSpec& spec, const MapShape& input) {
  std::vector<MapShape> levels = {input};
  for (const Index channels : spec.channels) {
    levels.push_back(halved(levels.back(), channels, spec.architecture == Architecture::kConv1d));
  }
  return levels;
}

// Lists the layers of both sides, level by level.
class Builder {
 public:
  Builder(const ModelSpec& spec, const MapShape& input)
      : spec_(spec), levels_(levels_of(spec, input)) {
    network_.input = input;
    network_.features = input.size();
  }

  NetworkSpec build() {
    const std::size_t last = levels_.size() - 1;
    for (std::size_t level = 1; level <= last; ++level) add_down(level);
    if (spec_.bottleneck) {
      add_bottleneck();
    } else {
      bend_code();
    }
    for (std::size_t level = last; level-- > 0;) add_up(level);
    if (spec_.residual) network_.decoder.back().adds = kNetworkInput;
    return std::move(network_);
  }

 private:
  bool series() const { return spec_.architecture == Architecture::kConv1d; }
  Window window(Index kernel, Index stride) const {
    return series() ? Window{1, kernel, 1, stride} : Window{kernel, kernel, stride, stride};
  }

  LayerSpec layer(LayerKind kind, const MapShape& map, const Window& window) const {
    LayerSpec layer;
    layer.kind = kind;
    layer.map = map;
    layer.width = map.size();
    layer.window = window;
    layer.dimensions = series() ? 1 : 2;
    layer.activation = Activation::kIdentity;
    return layer;
  }
  LayerSpec hidden(LayerSpec layer) const {
    layer.activation = spec_.activation;
    layer.norm = spec_.norm;
    layer.dropout = spec_.dropout;
    return layer;
  }
  LayerSpec hidden_dense(Index width) const {
    return {width, spec_.activation, spec_.norm, spec_.dropout};
  }

  void add_down(std::size_t level) {
    std::vector<LayerSpec>& encoder = network_.encoder;
    const MapShape& map = levels_[level];
    if (spec_.downsample == Downsample::kStride) {
      encoder.push_back(hidden(layer(LayerKind::kConvolution, map, window(spec_.kernel_size, 2))));
    } else {
      const MapShape& above = levels_[level - 1];
      encoder.push_back(
          hidden(layer(LayerKind::kConvolution, {above.height, above.width, map.channels},
                       window(spec_.kernel_size, 1))));
      encoder.push_back(layer(
          spec_.downsample == Downsample::kPoolMax ? LayerKind::kMaxPool : LayerKind::kMeanPool,
          map, window(2, 2)));
    }
    add_blocks(encoder, 0, level);
    level_output_.push_back(static_cast<Index>(encoder.size()) - 1);
  }

  // x + conv(f(conv(x))) (He et al. 2016), nothing bent behind the sum: so the noise-free signal
  // passes through a deep stack untouched. `before`: layers ahead of this side's first.
  void add_blocks(std::vector<LayerSpec>& side, std::size_t before, std::size_t level) {
    if (spec_.blocks.empty()) return;
    const Window same = window(spec_.kernel_size, 1);
    for (Index i = 0; i < spec_.blocks[level - 1]; ++i) {
      const auto entering = static_cast<Index>(before + side.size()) - 1;
      side.push_back(hidden(layer(LayerKind::kConvolution, levels_[level], same)));
      side.push_back(layer(LayerKind::kConvolution, levels_[level], same));
      side.back().adds = entering;
    }
  }

  void add_bottleneck() {
    for (const Index width : spec_.hidden) network_.encoder.push_back(hidden_dense(width));
    network_.encoder.push_back({spec_.latent_dim, spec_.code_activation, Norm::kNone, 0});
    network_.encoder.back().noise = spec_.code_noise;
    for (auto width = spec_.hidden.rbegin(); width != spec_.hidden.rend(); ++width) {
      network_.decoder.push_back(hidden_dense(*width));
    }
    LayerSpec spread{levels_.back().size(), spec_.activation, Norm::kNone, 0};
    spread.map = levels_.back();
    network_.decoder.push_back(spread);
  }

  // The code is the last map: what bends it is the code's activation, and no norm or dropout.
  void bend_code() {
    for (auto last = network_.encoder.rbegin(); last != network_.encoder.rend(); ++last) {
      if (last->kind != LayerKind::kConvolution) continue;
      last->activation = spec_.code_activation;
      last->norm = Norm::kNone;
      last->dropout = 0;
      last->noise = spec_.code_noise;
      return;
    }
  }

  void add_up(std::size_t level) {
    std::vector<LayerSpec>& decoder = network_.decoder;
    const MapShape& map = levels_[level];
    LayerSpec last;
    if (spec_.upsample == Upsample::kTranspose) {
      last = layer(LayerKind::kTransposedConvolution, map, window(spec_.kernel_size, 2));
    } else {
      decoder.push_back(layer(LayerKind::kUpsample,
                              {map.height, map.width, levels_[level + 1].channels}, window(1, 2)));
      last = layer(LayerKind::kConvolution, map, window(spec_.kernel_size, 1));
    }
    // The last layer is linear whatever the loss: those that want a sigmoid take logits.
    decoder.push_back(level == 0 ? last : hidden(last));
    if (level == 0) return;
    if (spec_.skips) decoder.back().adds = level_output_[level - 1];
    add_blocks(decoder, network_.encoder.size(), level);
  }

  const ModelSpec& spec_;
  const std::vector<MapShape> levels_;
  NetworkSpec network_;
  std::vector<Index> level_output_;  // the encoder layer that ends level 1, 2, …
};

}  // namespace

bool is_convolutional(const ModelSpec& spec) {
  return spec.architecture == Architecture::kConv1d || spec.architecture == Architecture::kConv2d;
}

void choose_architecture_for(ModelSpec& spec, const std::vector<Index>& sample_shape) {
  if (spec.architecture != Architecture::kAuto) return;
  if (spec.family != "convolutional") {
    spec.architecture = Architecture::kDense;
    return;
  }
  if (spec.window > 0) {
    spec.architecture = Architecture::kConv1d;
    return;
  }
  if (!are_images(sample_shape)) refuse_samples(sample_shape);
  spec.architecture = Architecture::kConv2d;
}

bool are_large_images(const std::vector<Index>& shape) {
  return are_images(shape) && shape[0] > kLargeImagePixels / shape[1];
}

MapShape map_of_samples(const ModelSpec& spec, const std::vector<Index>& shape, Index features) {
  const bool series = spec.architecture == Architecture::kConv1d;
  if (series ? shape.size() != 1 && shape.size() != 2 : !are_images(shape)) {
    if (!series) refuse_samples(shape);
    usage_error(fmt::format(
        "architecture conv1d takes series of length or length x channels, the samples are {}: use "
        "conv2d, or reshape them",
        shape_words(shape)));
  }
  MapShape map;
  map.height = series ? 1 : shape[0];
  map.width = series ? shape[0] : shape[1];
  const std::size_t channels = series ? 1 : 2;
  map.channels = shape.size() > channels ? shape[channels] : 1;
  // Sizes may come from a file: each is compared before it is multiplied.
  const auto fits = [&](Index size) { return size >= 1 && size <= features; };
  if (!fits(map.height) || !fits(map.width) || !fits(map.channels) ||
      map.height > features / map.width || map.channels > features / map.positions() ||
      map.size() != features) {
    usage_error(fmt::format(
        "convolutions need every number of a sample of {}, and {} features are left after "
        "encoding: leave categories out, or use family deep",
        shape_words(shape), features));
  }
  return map;
}

std::vector<Index> default_channels(const MapShape& input) {
  const Index side = input.height == 1 ? input.width : std::min(input.height, input.width);
  std::vector<Index> channels = {16};
  for (Index left = strided(side, 2); left > 8; left = strided(left, 2)) {
    channels.push_back(std::min<Index>(128, channels.back() * 2));
  }
  return channels;
}

std::vector<Index> default_hidden_after_maps(const ModelSpec& spec, const MapShape& input) {
  const Index size = last_map_size(spec, input);
  const Index width = std::min(kHiddenAfterMaps, kMostHiddenWeights / size);
  const bool between = width > spec.latent_dim && width < size;
  return spec.bottleneck && between ? std::vector<Index>{width} : std::vector<Index>{};
}

Index last_map_size(const ModelSpec& spec, const MapShape& input) {
  return levels_of(spec, input).back().size();
}

void check_convolutions(const ModelSpec& spec, const MapShape& input) {
  if (spec.tied) {
    usage_error("tied weights are for dense layers alone: leave tied out, or use family deep");
  }
  if (spec.kernel_size % 2 == 0) {
    usage_error(fmt::format("kernel_size = {} has no centre: give an odd one, e.g. {}",
                            spec.kernel_size, spec.kernel_size + 1));
  }
  const std::vector<MapShape> levels = levels_of(spec, input);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    if (levels[i - 1].positions() > 1) continue;
    usage_error(fmt::format(
        "channels = {} halves maps of {} x {} {} times, and after {} there is one position left: "
        "give at most {}",
        fmt::join(spec.channels, ","), input.height, input.width, spec.channels.size(), i - 1,
        i - 1 == 1 ? "1 number" : fmt::format("{} numbers", i - 1)));
  }
  if (!spec.blocks.empty() && spec.blocks.size() != spec.channels.size()) {
    usage_error(
        fmt::format("blocks = {} has {} numbers for the {} levels of channels = {}: give one "
                    "for each, 0 for none",
                    fmt::join(spec.blocks, ","), spec.blocks.size(), spec.channels.size(),
                    fmt::join(spec.channels, ",")));
  }
  if (spec.skips && levels.size() < 3) {
    usage_error(
        "skips join levels between the first and the last: give channels two numbers or "
        "more, e.g. channels = 16,32");
  }
  if (spec.residual && info(spec.step.loss).from_logits) {
    usage_error(
        fmt::format("residual adds the input to the output, which loss {} takes for "
                    "logits: use loss mse, or leave residual out",
                    info(spec.step.loss).name));
  }
  if (spec.bottleneck) return;
  if (!spec.hidden.empty()) {
    usage_error(
        "hidden layers lie beside the bottleneck and there is none: leave hidden out, or "
        "set bottleneck = true");
  }
  const Index size = levels.back().size();
  if (spec.latent_dim != size) {
    usage_error(fmt::format(
        "without a bottleneck the code is the last map, {} x {} x {} = {} "
        "numbers, not {}: leave latent_dim out, or change channels",
        levels.back().height, levels.back().width, levels.back().channels, size, spec.latent_dim));
  }
}

NetworkSpec convolutional_network(const ModelSpec& spec, const MapShape& input) {
  return Builder(spec, input).build();
}

}  // namespace hourglass
