#include "model/model_spec.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"
#include "model/convolutional.h"
#include "model/corruption_fit.h"
#include "model/default_sizes.h"
#include "model/ensemble.h"
#include "model/family.h"
#include "model/job.h"
#include "model/penalty_setting.h"

namespace hourglass {
namespace {

std::string widths_text(const std::vector<Index>& widths) {
  return widths.empty() ? "none" : fmt::format("{}", fmt::join(widths, ","));
}

// What does not fit together is refused with the nearest thing that does.
void check_loss_fits(const ModelSpec& spec, const DataShape& shape) {
  const LossInfo& loss = info(spec.step.loss);
  if (!loss.unit_interval_target) return;
  const bool scaled_to_unit = spec.scaling == Scaling::kAuto || spec.scaling == Scaling::kMinMax;
  const bool left_in_unit = spec.scaling == Scaling::kNone && shape.unit_interval;
  if (scaled_to_unit || left_in_unit) return;
  usage_error(fmt::format(
      "loss {} needs features in [0, 1], which this scaling does not give: use scaling minmax (or "
      "auto), or loss mse",
      loss.name));
}

// What is spread over features are amounts: none below 0, and none moved by a shift.
void check_counts(const ModelSpec& spec, const DataShape& shape) {
  const LossInfo& loss = info(spec.step.loss);
  if (!loss.whole_row) return;
  const bool kept = spec.scaling == Scaling::kAuto || spec.scaling == Scaling::kNone ||
                    spec.scaling == Scaling::kLog || spec.scaling == Scaling::kTfIdf;
  if (shape.has_categories) {
    usage_error(
        fmt::format("loss {} is for counts, which categories are not: leave their columns "
                    "out (--drop), or use loss mixed",
                    loss.name));
  }
  if (!kept) {
    usage_error(
        fmt::format("loss {} is for counts, which this scaling would move: use scaling "
                    "log, tf-idf or none",
                    loss.name));
  }
}

void check_predicted_variance(const ModelSpec& spec, const DataShape& shape) {
  const LossInfo& loss = info(spec.step.loss);
  if (loss.outputs_per_feature == 1) return;
  const char* obstacle =
      is_convolutional(spec) ? "which convolutions leave no room for: use family deep"
      : spec.tied            ? "which has no weights to be tied to: set tied = false"
      : shape.has_categories ? "which categories have none of: leave their columns out (--drop)"
                             : nullptr;
  if (obstacle == nullptr) return;
  usage_error(fmt::format("loss {} predicts a variance beside each number, {}, or use loss {}",
                          loss.name, obstacle, shape.has_categories ? "mixed" : "mse"));
}

void check_hidden_options(const ModelSpec& spec) {
  if (!spec.hidden.empty() || is_convolutional(spec)) return;
  const char* needs_hidden = spec.norm != Norm::kNone ? "norm"
                             : spec.dropout > 0       ? "dropout"
                                                      : nullptr;
  if (needs_hidden != nullptr) {
    usage_error(
        fmt::format("{} acts on hidden layers and there is none: give hidden, e.g. "
                    "hidden = {}, or leave {} out",
                    needs_hidden, 4 * spec.latent_dim, needs_hidden));
  }
}

void check_warmup(const ModelSpec& spec) {
  if (spec.warmup_epochs >= static_cast<double>(spec.epochs) && spec.warmup_epochs > 0) {
    usage_error(fmt::format("warmup_epochs = {} leaves nothing of epochs = {}: give fewer than {}",
                            spec.warmup_epochs, spec.epochs, spec.epochs));
  }
}

void check_pretraining(const ModelSpec& spec, const NetworkSpec& network) {
  if (spec.pretrain_epochs == 0) return;
  const auto is_dense = [](const LayerSpec& layer) { return layer.kind == LayerKind::kDense; };
  if (!std::ranges::all_of(network.encoder, is_dense) ||
      !std::ranges::all_of(network.decoder, is_dense)) {
    usage_error(
        "pretrain_epochs is for dense layers, one on top of the other, and this model has layers "
        "of other kinds: leave pretrain_epochs out, or use family deep");
  }
}

class Notes {
 public:
  explicit Notes(std::vector<std::string>* lines) : lines_(lines) {}
  void add(std::string line) {
    if (lines_ != nullptr) lines_->push_back(std::move(line));
  }

 private:
  std::vector<std::string>* lines_;
};

void choose_convolutions(ModelSpec& spec, const DataShape& shape, Notes& notes) {
  const MapShape input = map_of_samples(spec, shape.sample_shape, shape.features);
  if (spec.channels.empty()) {
    spec.channels = default_channels(input);
    notes.add(fmt::format("channels = {}, chosen for maps of {} x {}", widths_text(spec.channels),
                          input.height, input.width));
  }
  if (!spec.bottleneck && spec.latent_dim == 0) spec.latent_dim = last_map_size(spec, input);
}

void refuse_convolution_settings(const ModelSpec& spec) {
  const char* key = !spec.channels.empty() ? "channels"
                    : !spec.blocks.empty() ? "blocks"
                    : spec.skips           ? "skips"
                    : spec.residual        ? "residual"
                    : !spec.bottleneck     ? "bottleneck"
                                           : nullptr;
  if (key == nullptr) return;
  usage_error(
      fmt::format("{} is about convolutions and the architecture is dense: use family "
                  "convolutional, or leave {} out",
                  key, key));
}

// A code as wide as the hidden layers around it, which has room for what is unlike all rows that
// were learned from to lie apart from theirs. In a narrow one they lie everywhere.
void choose_widths_for_job(ModelSpec& spec) {
  const Index width = find_job(spec.job).width;
  if (width == 0 || spec.family != "deep" || is_convolutional(spec)) return;
  if (!spec.hidden_given && spec.hidden.empty()) spec.hidden = {width};
  spec.hidden_given = true;
  if (spec.latent_dim == 0) {
    spec.latent_dim = spec.hidden.empty() ? width : *std::ranges::min_element(spec.hidden);
    if (spec.reference_codes == kAutomaticReferenceCodes) {
      spec.reference_codes = kUsualReferenceCodes;
    }
  }
}

void choose_architecture(ModelSpec& spec, const DataShape& shape, Notes& notes) {
  choose_architecture_for(spec, shape.sample_shape);
  if (is_convolutional(spec)) {
    choose_convolutions(spec, shape, notes);
  } else {
    refuse_convolution_settings(spec);
  }
  choose_widths_for_job(spec);
  if (spec.reference_codes == kAutomaticReferenceCodes) spec.reference_codes = 0;
  if (spec.latent_dim == 0) {
    // Below the narrowest hidden layer that was asked for, or that layer would be the bottleneck.
    Index narrowest = default_latent_dim(shape.features);
    for (const Index width : spec.hidden) narrowest = std::min(narrowest, width);
    spec.latent_dim = find_family(spec.family).overcomplete
                          ? default_overcomplete_dim(shape.features)
                          : narrowest;
    notes.add(
        fmt::format("latent_dim = {}, chosen for {} features", spec.latent_dim, shape.features));
  }
  if (spec.hidden.empty() && !spec.hidden_given) {
    const bool one_layer = shape.rows < kFewRows && !find_job(spec.job).deep_on_few_rows;
    spec.hidden = is_convolutional(spec)
                      ? default_hidden_after_maps(
                            spec, map_of_samples(spec, shape.sample_shape, shape.features))
                      : default_hidden(shape, spec.latent_dim, one_layer);
    spec.hidden_given = true;
    notes.add(fmt::format("hidden = {}, chosen for {} features and latent_dim {}",
                          widths_text(spec.hidden), shape.features, spec.latent_dim));
  }
}

// Numbers are judged by their squared error either way.
void choose_loss(ModelSpec& spec, const DataShape& shape, Notes& notes) {
  if (spec.loss_given) return;
  spec.loss_given = true;
  if (!shape.has_categories) return;
  spec.step.loss = Loss::kMixed;
  notes.add("loss = mixed, chosen because some columns hold categories");
}

Index wanted_steps(const ModelSpec& spec) {
  const Index of_job = find_job(spec.job).wanted_steps;
  return of_job > 0 ? of_job : find_family(spec.family).wanted_steps;
}

void choose_training(ModelSpec& spec, const DataShape& shape, Notes& notes) {
  if (spec.batch_size == 0) {
    spec.batch_size = default_batch_size(shape.rows);
    notes.add(fmt::format("batch_size = {}, chosen for {} rows", spec.batch_size, shape.rows));
  }
  if (spec.epochs == 0) {
    spec.epochs = spec.steps > 0 ? epochs_of_steps(shape.rows, spec.batch_size, spec.steps)
                                 : default_epochs(shape.rows, spec.batch_size, wanted_steps(spec));
    notes.add(fmt::format("epochs = {} at most, chosen for {} rows in batches of {}", spec.epochs,
                          shape.rows, spec.batch_size));
  }
  if (spec.learning_rate == 0) {
    spec.learning_rate = default_learning_rate(spec.step.optimizer, spec.hidden);
  }
  if (spec.step.weight_decay == kAutomaticWeightDecay) {
    spec.step.weight_decay = default_weight_decay(spec.step.optimizer, shape.rows);
  }
  if (spec.patience == kAutomaticPatience) spec.patience = default_patience(spec.epochs);
}

// A decay that was not asked for but is about to follow from the rows is too mild to speak of.
void note_overcomplete(const ModelSpec& spec, const DataShape& shape, Notes& notes) {
  const bool regularised = spec.dropout > 0 || spec.step.weight_decay > 0 ||
                           !spec.penalties.empty() || !spec.corruptions.empty() ||
                           shape.features == 1;
  if (spec.latent_dim >= shape.features && !regularised) {
    notes.add(
        fmt::format("overcomplete: latent_dim {} is not below the {} features and nothing "
                    "forces compression",
                    spec.latent_dim, shape.features));
  }
}

NetworkSpec network_without_penalties(const ModelSpec& spec, Index features,
                                      const std::vector<Index>& sample_shape) {
  if (is_convolutional(spec)) {
    return convolutional_network(spec, map_of_samples(spec, sample_shape, features));
  }
  const auto hidden_layer = [&](Index width) {
    return LayerSpec{width, spec.activation, spec.norm, spec.dropout};
  };
  NetworkSpec network;
  network.features = features;
  network.tied = spec.tied;
  network.outputs_per_feature = info(spec.step.loss).outputs_per_feature;
  for (const Index width : spec.hidden) network.encoder.push_back(hidden_layer(width));
  network.encoder.push_back({spec.latent_dim, spec.code_activation, Norm::kNone, 0});
  network.encoder.back().noise = spec.code_noise;
  for (auto width = spec.hidden.rbegin(); width != spec.hidden.rend(); ++width) {
    network.decoder.push_back(hidden_layer(*width));
  }
  // The last layer is linear whatever the loss: those that want a sigmoid take logits.
  network.decoder.push_back({network.outputs(), Activation::kIdentity, Norm::kNone, 0});
  return network;
}

}  // namespace

void resolve(ModelSpec& spec, const DataShape& shape, std::vector<std::string>* notes) {
  HOURGLASS_CHECK(shape.rows > 0 && shape.features > 0);
  Notes out(notes);
  choose_architecture(spec, shape, out);
  note_overcomplete(spec, shape, out);
  choose_loss(spec, shape, out);
  choose_training(spec, shape, out);
  check_loss_fits(spec, shape);
  check_predicted_variance(spec, shape);
  check_counts(spec, shape);
  check_hidden_options(spec);
  check_warmup(spec);
  fit_corruptions(spec, shape);
  check_corruption_fits(spec, shape, notes);
  if (is_convolutional(spec)) {
    check_convolutions(spec, map_of_samples(spec, shape.sample_shape, shape.features));
  }
  resolve_penalties(spec.penalties,
                    network_without_penalties(spec, shape.features, shape.sample_shape));
  const NetworkSpec network = network_of(spec, shape.features, shape.sample_shape);
  validate(network);
  check_pretraining(spec, network);
  spec.step.penalties = penalties_of(spec, network);
  check_members(spec, shape.features, shape.sample_shape);
}

NetworkSpec network_of(const ModelSpec& spec, Index features,
                       const std::vector<Index>& sample_shape) {
  NetworkSpec network = network_without_penalties(spec, features, sample_shape);
  add_penalty_layers(spec.penalties, network);
  return network;
}

}  // namespace hourglass
