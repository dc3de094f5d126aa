#include "train/pretrain.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "train/code_statistics.h"
#include "train/fit.h"

namespace hourglass {
namespace {

// A layer of the encoder with its mirror image, as an autoencoder of its own.
NetworkSpec pair_of(const NetworkSpec& whole, Index layer) {
  NetworkSpec pair;
  pair.features = whole.input_shape(layer).size();
  pair.encoder = {whole.layer(layer)};
  pair.decoder = {whole.layer(whole.layer_count() - 1 - layer)};
  pair.decoder[0].dropout = 0;  // what is compared with the input is all there
  pair.tied = whole.tied;
  return pair;
}

ModelSpec training_of_pair(const ModelSpec& whole, bool outermost) {
  ModelSpec spec = whole;
  spec.epochs = whole.pretrain_epochs;
  spec.warmup_epochs = 0;
  spec.step.penalties.clear();
  if (!outermost) {
    spec.step.loss = Loss::kMse;
    spec.step.groups.clear();
  }
  return spec;
}

// Gives the tensors of a pair to the layers it was made from.
void put_back(const Network<float>& pair, Index layer, Network<float>& whole) {
  const std::string encoder = layer_name(whole.spec(), layer);
  const std::string decoder = layer_name(whole.spec(), whole.layer_count() - 1 - layer);
  std::vector<NamedTensor> tensors = whole.tensors();
  for (NamedTensor& learned : pair.tensors()) {
    const bool encodes = learned.name.starts_with("encoder.0.");
    const std::string suffix = learned.name.substr(std::string("encoder.0").size());
    const std::string name = (encodes ? encoder : decoder) + suffix;
    for (NamedTensor& tensor : tensors) {
      if (tensor.name == name) tensor.values = std::move(learned.values);
    }
  }
  whole.set_tensors(tensors);
}

ProgressCallback telling_the_layer(const ProgressCallback& progress, Index layer, Index layers) {
  if (!progress) return {};
  return [&progress, layer, layers](const Progress& moment) {
    Progress told = moment;
    told.stage = fmt::format("pre-training layer {} of {}", layer + 1, layers);
    progress(told);
  };
}

}  // namespace

double pretrain(Network<float>& network, const ModelSpec& spec, const Samples& training,
                const Corruptor& corruptor, ThreadPool& pool, const ProgressCallback& progress,
                const RunPart& part) {
  const auto layers = static_cast<Index>(network.spec().encoder.size());
  double seconds = 0;
  std::optional<Samples> below;  // what the layers done so far make of the samples
  for (Index layer = 0; layer < layers; ++layer) {
    const bool outermost = layer == 0;
    const Samples& inputs = outermost ? training : *below;
    Network<float> pair(pair_of(network.spec(), layer));
    pair.initialise(spec.seed + static_cast<std::uint64_t>(layer));
    seconds +=
        fit(pair, training_of_pair(spec, outermost), inputs, nullptr,
            outermost ? corruptor : Corruptor(), pool, telling_the_layer(progress, layer, layers),
            part / fmt::format("pretraining.{}", layer))
            .seconds;
    put_back(pair, layer, network);
    if (layer + 1 < layers) below.emplace(codes_of(pair, inputs, pool));
  }
  return seconds;
}

Index pretraining_bytes_per_row(const Network<float>& network) {
  Index widest = network.spec().features;
  for (const LayerSpec& layer : network.spec().encoder) widest = std::max(widest, layer.width);
  return 2 * widest * static_cast<Index>(sizeof(float));
}

}  // namespace hourglass
