#include "model/default_sizes.h"

#include <algorithm>

namespace hourglass {
namespace {

constexpr Index kMostWeightsPerLayer = 8 << 20;
// The pull of a prior on the weights does not grow with the rows, the data's does: so its share
// falls as 1/rows. The constant and the bound are measured.
constexpr double kDecayTimesRows = 150;
constexpr double kMostDecay = 1;

Index power_of_two_up(Index value) {
  Index power = 1;
  while (power < value) power *= 2;
  return power;
}

// The widest of the networks on which the usual rates were measured.
constexpr Index kWidestForUsualRate = 512;

double usual_rate(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::kAdam:
    case Optimizer::kAdamW:
      return 2e-3;
    case Optimizer::kRmsprop:
      return 1e-3;
    case Optimizer::kSgd:
      return 0.05;
  }
  return 1e-3;
}

}  // namespace

Index default_latent_dim(Index features) {
  const Index below_features = std::max<Index>(1, features - 1);
  return std::min(below_features, std::clamp<Index>((features + 2) / 4, 2, 32));
}

Index default_overcomplete_dim(Index features) { return std::clamp<Index>(2 * features, 16, 1024); }

std::vector<Index> default_hidden(const DataShape& shape, Index latent_dim, bool one_layer) {
  const Index twice = shape.features > 256 ? 512 : power_of_two_up(2 * shape.features);
  const Index affordable = std::max<Index>(64, kMostWeightsPerLayer / shape.features);
  const Index first = std::min(std::clamp<Index>(twice, one_layer ? 32 : 16, 512), affordable);
  const Index second = first / (shape.image && first >= 512 ? 4 : 2);
  std::vector<Index> widths;
  for (const Index width : {first, second}) {
    if (width > latent_dim) widths.push_back(width);
    if (one_layer) break;
  }
  return widths;
}

Index default_batch_size(Index rows) {
  Index size = 32;
  while (size < 128 && size * 64 * 2 <= rows) size *= 2;
  return size;
}

Index epochs_of_steps(Index training_rows, Index batch_size, Index steps) {
  const Index steps_per_epoch = std::max<Index>(1, (training_rows + batch_size - 1) / batch_size);
  return (steps + steps_per_epoch - 1) / steps_per_epoch;
}

Index default_epochs(Index training_rows, Index batch_size, Index wanted_steps) {
  return std::clamp<Index>(epochs_of_steps(training_rows, batch_size, wanted_steps), 10, 1000);
}

double default_learning_rate(Optimizer optimizer, const std::vector<Index>& hidden) {
  Index widest = kWidestForUsualRate;
  for (const Index width : hidden) widest = std::max(widest, width);
  return usual_rate(optimizer) * kWidestForUsualRate / static_cast<double>(widest);
}

double default_weight_decay(Optimizer optimizer, Index training_rows) {
  if (optimizer != Optimizer::kAdamW) return 0;
  return std::min(kMostDecay, kDecayTimesRows / static_cast<double>(training_rows));
}

Index default_patience(Index epochs) { return std::max<Index>(10, epochs / 10); }

}  // namespace hourglass
