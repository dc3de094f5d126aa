#include "model/setting_rows.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"
#include "base/nearest.h"
#include "model/ensemble.h"
#include "model/family.h"
#include "model/job.h"
#include "model/penalty_setting.h"
#include "model/setting_types.h"
#include "model/settings.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

// Choices that the kernels name themselves are read from their tables, so that a new activation or
// loss appears here by itself.
std::vector<std::pair<std::string, Activation>> activation_names() {
  std::vector<std::pair<std::string, Activation>> names;
  for (const ActivationInfo& row : activations()) names.emplace_back(row.name, row.activation);
  return names;
}

Activation parse_activation(const std::string& key, const std::string& text) {
  std::vector<std::string> names;
  for (const auto& [name, activation] : activation_names()) {
    if (name == text) return activation;
    names.push_back(name);
  }
  const std::string near = nearest_name(text, names);
  usage_error(fmt::format("{} = {} is unknown: {}give some of {}", key, text,
                          near.empty() ? "" : fmt::format("did you mean {}? ", near),
                          fmt::join(names, ", ")));
}

std::string print_activation(const Activation& activation) {
  return std::string(info(activation).name);
}

// A setting that takes back what a job had set beside it.
SettingRow overruling(SettingRow row, void (*take_back)(ModelSpec&)) {
  const auto parse = row.parse;
  row.parse = [=](ModelSpec& spec, const std::string& text) {
    parse(spec, text);
    take_back(spec);
  };
  return row;
}

SettingRow family_setting() {
  std::vector<std::string> names;
  for (const Family& family : families()) names.push_back(family.name);
  return choice_setting(
      {"family", "--family", "architecture"}, names,
      [](ModelSpec& spec, std::size_t i) { spec.family = families()[i].name; },
      [](const ModelSpec& spec) {
        return static_cast<std::size_t>(&find_family(spec.family) - families().data());
      },
      "deep",
      "The named preset whose defaults the other settings start from; anything set besides "
      "overrules it.");
}

SettingRow job_setting() {
  std::vector<std::string> names;
  for (const Job& job : jobs()) names.push_back(job.name);
  return choice_setting(
      {"job", "--for", "architecture"}, names,
      [](ModelSpec& spec, std::size_t i) { spec.job = jobs()[i].name; },
      [](const ModelSpec& spec) {
        return static_cast<std::size_t>(&find_job(spec.job) - jobs().data());
      },
      "any",
      "What the model is for: sets the defaults of that job, which anything set besides "
      "overrules.");
}

void add_architecture(std::vector<SettingRow>& rows) {
  const auto name = [](const char* key, const char* flag) {
    return SettingName{key, flag, "architecture"};
  };
  rows.push_back(job_setting());
  rows.push_back(family_setting());
  rows.push_back(widths_setting(
      name("hidden", "--hidden"),
      "Widths of the layers between the data and the code, mirrored on the way back: more and "
      "wider ones express more and train slower; none leaves the code alone in the middle."));
  rows.push_back(automatic_integer_setting(
      name("latent_dim", "--latent-dim"), [](ModelSpec& s) -> Index& { return s.latent_dim; }, 1,
      1'000'000, 0,
      "Numbers in a code: fewer force the model to find what samples have in common, more "
      "reconstruct better and compress less."));
  rows.push_back(overruling(
      enum_setting<Activation>(
          name("activation", "--activation"),
          [](ModelSpec& s) -> Activation& { return s.activation; }, activation_names(), "elu",
          "What bends the hidden layers: elu, gelu and tanh are smooth and fit best, relu is "
          "fastest and may leave units dead."),
      [](ModelSpec& s) { s.ensemble_activations.clear(); }));
  rows.push_back(enum_setting<Activation>(
      name("code_activation", ""), [](ModelSpec& s) -> Activation& { return s.code_activation; },
      activation_names(), "identity",
      "What bends the code: identity leaves its range free, sigmoid or tanh bound it, relu makes "
      "it non-negative and may leave units dead."));
  rows.push_back(switch_setting(
      name("tied", ""), [](ModelSpec& s) -> bool& { return s.tied; }, "false",
      "Whether the decoder uses the encoder's weights transposed: half the parameters and less "
      "overfitting, for a somewhat worse fit."));
  rows.push_back(enum_setting<Norm>(
      name("norm", ""), [](ModelSpec& s) -> Norm& { return s.norm; },
      {{"none", Norm::kNone}, {"batch", Norm::kBatch}, {"layer", Norm::kLayer}}, "none",
      "Normalisation in the hidden layers: steadies the training of deep networks at some cost in "
      "speed; batch needs batches of a fair size."));
  rows.push_back(number_setting(
      name("dropout", ""), [](ModelSpec& s) -> double& { return s.dropout; },
      {.low = 0, .high = 1, .high_open = true}, "0",
      "Share of hidden units silenced at each step: guards against memorising when rows are few, "
      "at the price of longer training."));
}

void add_convolutions(std::vector<SettingRow>& rows) {
  const auto name = [](const char* key) { return SettingName{key, "", "architecture"}; };
  rows.push_back(enum_setting<Architecture>(
      name("architecture"), [](ModelSpec& s) -> Architecture& { return s.architecture; },
      {{"auto", Architecture::kAuto},
       {"dense", Architecture::kDense},
       {"conv2d", Architecture::kConv2d},
       {"conv1d", Architecture::kConv1d}},
      "auto",
      "What layers are: dense ones see all numbers at once, conv2d looks at neighbouring pixels of "
      "images, conv1d at neighbours in series; auto follows the family."));
  rows.push_back(channels_setting(
      name("channels"),
      "Convolutions: maps at each level, of which every one halves height and width; more levels "
      "see further, more channels express more and train slower."));
  rows.push_back(integer_setting(
      name("kernel_size"), [](ModelSpec& s) -> Index& { return s.kernel_size; }, 1, 31, "3",
      "Convolutions: positions across a window, an odd number; larger ones see further and train "
      "slower."));
  rows.push_back(enum_setting<Downsample>(
      name("downsample"), [](ModelSpec& s) -> Downsample& { return s.downsample; },
      {{"stride", Downsample::kStride},
       {"pool-max", Downsample::kPoolMax},
       {"pool-mean", Downsample::kPoolMean}},
      "stride",
      "How the encoder halves maps: stride moves the window by two and is fastest, pooling takes "
      "the largest or the mean of four."));
  rows.push_back(enum_setting<Upsample>(
      name("upsample"), [](ModelSpec& s) -> Upsample& { return s.upsample; },
      {{"transpose", Upsample::kTranspose}, {"nearest", Upsample::kNearest}}, "transpose",
      "How the decoder doubles maps: transpose is fastest, nearest repeats positions before it "
      "convolves and leaves no chequered patterns."));
  rows.push_back(switch_setting(
      name("skips"), [](ModelSpec& s) -> bool& { return s.skips; }, "false",
      "Convolutions: whether the encoder's maps are added to the decoder's: keeps detail, so for "
      "denoising; the code then no longer holds all there is to a sample."));
  rows.push_back(switch_setting(
      name("residual"), [](ModelSpec& s) -> bool& { return s.residual; }, "false",
      "Convolutions: whether the input is added to the output, so that only the difference is "
      "learned: for denoising."));
  rows.push_back(switch_setting(
      name("bottleneck"), [](ModelSpec& s) -> bool& { return s.bottleneck; }, "true",
      "Convolutions: whether a dense code of latent_dim numbers follows the last map; without it "
      "that map is the code."));
}

SettingRow loss_setting() {
  std::vector<std::string> names = {"auto"};
  for (const LossInfo& row : losses()) names.emplace_back(row.name);
  return choice_setting(
      {"loss", "--loss", "loss"}, names,
      [](ModelSpec& spec, std::size_t i) {
        spec.loss_given = i > 0;
        spec.step.loss = spec.loss_given ? losses()[i - 1].loss : Loss::kMse;
      },
      [](const ModelSpec& spec) -> std::size_t {
        return spec.loss_given ? 1 + static_cast<std::size_t>(spec.step.loss) : 0;
      },
      "auto",
      "What counts as a bad reconstruction: mse punishes large errors most, mae and huber forgive "
      "outliers in the training data and correntropy forgets them, bce suits data in [0, 1], mixed "
      "takes each category of a table for one choice among its levels, gaussian-nll predicts how "
      "large the error of each number will be and weighs it by that; auto is mixed where a table "
      "has categories, else mse.");
}

void add_loss(std::vector<SettingRow>& rows) {
  rows.push_back(loss_setting());
  rows.push_back(number_setting(
      {"huber_delta", "", "loss"}, [](ModelSpec& s) -> double& { return s.step.huber_delta; },
      {.low = 0, .low_open = true}, "1",
      "The error, in scaled units, beyond which huber grows linearly: smaller forgives more."));
  rows.push_back(number_setting(
      {"correntropy_sigma", "", "loss"},
      [](ModelSpec& s) -> double& { return s.step.correntropy_sigma; },
      {.low = 0, .high = 1e6, .low_open = true}, "1",
      "The error, in scaled units, beyond which correntropy stops caring: smaller forgets more, "
      "and "
      "too small learns nothing."));
}

void add_corruption(std::vector<SettingRow>& rows) {
  SettingRow corrupt = list_setting<CorruptionSpec>(
      {"corrupt", "--corrupt", "corruption"},
      [](ModelSpec& s) -> std::vector<CorruptionSpec>& { return s.corruptions; }, parse_corruption,
      print_corruption, "NAME:LEVEL or NAME:LOW-HIGH each", "none",
      fmt::format("What is done to samples before the model sees them, while it is still asked for "
                  "the clean ones: it learns to take such damage away, and features that do not "
                  "hang on details. {}. Several are applied in order; a level LOW-HIGH is drawn "
                  "anew for each sample.",
                  corruption_list()));
  rows.push_back(overruling(std::move(corrupt), [](ModelSpec& s) { s.fit_corruptions = false; }));
  rows.push_back(text_setting(
      {"noise_from", "", "corruption"}, [](ModelSpec& s) -> std::string& { return s.noise_from; },
      "The data file whose numbers corrupt = recording adds: a recording of the noise to be taken "
      "away."));
}

// The family's penalties stand until an entry of the same name and layer overrules them.
std::vector<PenaltySetting> default_penalties(const ModelSpec& spec) {
  ModelSpec defaults;
  find_family(spec.family).fill(defaults);
  return defaults.penalties;
}

SettingRow penalty_setting() {
  std::string kinds;
  for (const PenaltyKind& kind : penalty_kinds()) {
    kinds += fmt::format(" {}: {}", kind.name, kind.description);
  }
  SettingRow row;
  row.info = list_info({"penalty", "--penalty", "penalties"}, "NAME=WEIGHT[:LAYER]", "none",
                       "What the objective holds beside the loss, on the code or another layer: a "
                       "larger weight regularises more and reconstructs worse." +
                           kinds);
  row.parse = [](ModelSpec& spec, const std::string& text) {
    read_penalties(spec.penalties, text);
  };
  row.print = [](const ModelSpec& spec) {
    return print_penalties(spec.penalties, default_penalties(spec));
  };
  return row;
}

void add_penalties(std::vector<SettingRow>& rows) {
  const auto name = [](const char* key) { return SettingName{key, "", "penalties"}; };
  rows.push_back(penalty_setting());
  rows.push_back(number_setting(
      name("sparsity_target"), [](ModelSpec& s) -> double& { return s.sparsity_target; },
      {.low = 0, .high = 1, .low_open = true, .high_open = true}, "0.05",
      "The mean activation that penalty kl holds each unit to: smaller lights fewer units."));
  rows.push_back(number_setting(
      name("sparsity_memory"), [](ModelSpec& s) -> double& { return s.sparsity_memory; },
      {.low = 0, .high = 1, .high_open = true}, "0",
      "Share of the mean activation that penalty kl carries over from the batches before: nearer 1 "
      "steadies it where batches are small."));
  rows.push_back(integer_setting(
      name("contractive_probes"), [](ModelSpec& s) -> Index& { return s.contractive_probes; }, 0,
      100'000, "0",
      "Random directions in which penalty contractive probes each sample: fewer are faster and "
      "noisier; 0 takes the exact Jacobian, which convolutional encoders do not have."));
}

void add_optimiser(std::vector<SettingRow>& rows) {
  const auto name = [](const char* key, const char* flag = "") {
    return SettingName{key, flag, "optimiser"};
  };
  const Bounds share{.low = 0, .high = 1, .high_open = true};
  rows.push_back(enum_setting<Optimizer>(
      name("optimizer", "--optimizer"), [](ModelSpec& s) -> Optimizer& { return s.step.optimizer; },
      {{"adam", Optimizer::kAdam},
       {"adamw", Optimizer::kAdamW},
       {"sgd", Optimizer::kSgd},
       {"rmsprop", Optimizer::kRmsprop}},
      "adamw",
      "The rule that moves the weights: adamw and adam work nearly everywhere, adamw shrinks the "
      "weights apart from the gradient, sgd (Nesterov) needs its rate tuned."));
  rows.push_back(automatic_number_setting(
      name("lr", "--lr"), [](ModelSpec& s) -> double& { return s.learning_rate; },
      {.low = 0, .high = 1000, .low_open = true}, 0,
      "Learning rate at its highest: larger learns faster until training diverges, smaller is "
      "safer and slower."));
  rows.push_back(number_setting(
      name("momentum"), [](ModelSpec& s) -> double& { return s.step.momentum; }, share, "0.9",
      "How much of the last step sgd carries into the next; the other optimisers ignore it."));
  rows.push_back(number_setting(
      name("beta1"), [](ModelSpec& s) -> double& { return s.step.beta1; }, share, "0.9",
      "How long adam and adamw remember gradients: nearer 1 is smoother and slower to turn."));
  rows.push_back(number_setting(
      name("beta2"), [](ModelSpec& s) -> double& { return s.step.beta2; }, share, "0.999",
      "How long adam, adamw and rmsprop remember squared gradients: smaller adapts faster and less "
      "steadily."));
  rows.push_back(number_setting(
      name("epsilon"), [](ModelSpec& s) -> double& { return s.step.epsilon; },
      {.low = 0, .high = 1, .low_open = true}, "1e-08",
      "Added to the root of the mean squared gradient: larger damps steps where gradients are "
      "tiny."));
  rows.push_back(automatic_number_setting(
      name("weight_decay"), [](ModelSpec& s) -> double& { return s.step.weight_decay; },
      {.low = 0, .high = 1000}, kAutomaticWeightDecay,
      "Pull of the weights towards zero: guards against memorising; too much blurs "
      "reconstructions; auto is the more the fewer rows there are for adamw, else 0."));
  rows.push_back(number_setting(
      name("clip_norm"), [](ModelSpec& s) -> double& { return s.step.clip_norm; }, {.low = 0}, "0",
      "Longest gradient allowed, longer ones are shortened to it; 0 leaves them: set it when "
      "training diverges on outliers."));
  rows.push_back(enum_setting<Schedule>(
      name("schedule"), [](ModelSpec& s) -> Schedule& { return s.schedule; },
      {{"constant", Schedule::kConstant},
       {"cosine", Schedule::kCosine},
       {"step", Schedule::kStep},
       {"plateau", Schedule::kPlateau}},
      "cosine",
      "How the learning rate falls: cosine to zero over all epochs, step by step, on a plateau of "
      "the validation loss, or never."));
  rows.push_back(number_setting(
      name("warmup_epochs"), [](ModelSpec& s) -> double& { return s.warmup_epochs; },
      {.low = 0, .high = 1'000'000}, "0",
      "Epochs over which the rate rises from zero: steadies the start with large rates."));
  rows.push_back(integer_setting(
      name("schedule_step"), [](ModelSpec& s) -> Index& { return s.schedule_step; }, 1, 1'000'000,
      "10", "Epochs between cuts of the rate, for schedule step."));
  rows.push_back(number_setting(
      name("schedule_factor"), [](ModelSpec& s) -> double& { return s.schedule_factor; },
      {.low = 0, .high = 1, .low_open = true, .high_open = true}, "0.1",
      "What a cut multiplies the rate by, for schedules step and plateau."));
  rows.push_back(integer_setting(
      name("schedule_patience"), [](ModelSpec& s) -> Index& { return s.schedule_patience; }, 1,
      1'000'000, "5", "Epochs without improvement before a cut, for schedule plateau."));
}

void add_training(std::vector<SettingRow>& rows) {
  const auto name = [](const char* key, const char* flag) {
    return SettingName{key, flag, "training"};
  };
  rows.push_back(overruling(
      automatic_integer_setting(
          name("epochs", "--epochs"), [](ModelSpec& s) -> Index& { return s.epochs; }, 1, 1'000'000,
          0,
          "Most passes over the training rows: more fits better and takes longer; early stopping "
          "ends it sooner when nothing is gained."),
      [](ModelSpec& s) { s.steps = 0; }));
  rows.push_back(integer_setting(
      name("steps", ""), [](ModelSpec& s) -> Index& { return s.steps; }, 0, 1'000'000'000'000, "0",
      "Most steps of the optimiser in all, which may end in the middle of an epoch; 0 takes as "
      "many "
      "as the epochs make."));
  rows.push_back(integer_setting(
      name("pretrain_epochs", "--pretrain-epochs"),
      [](ModelSpec& s) -> Index& { return s.pretrain_epochs; }, 0, 1'000'000, "0",
      "Epochs for which each hidden layer and its mirror image are first trained by themselves, "
      "from the outermost inwards: a better start for deep stacks of sigmoid or tanh; 0 starts "
      "from random weights."));
  rows.push_back(enum_setting<Precision>(
      name("precision", "--precision"), [](ModelSpec& s) -> Precision& { return s.step.precision; },
      {{"float32", Precision::kFloat32}, {"bf16", Precision::kBf16}}, "float32",
      "What the factors of dense layers' products are rounded to: bf16 trains wide networks up to "
      "twice as fast where the processor multiplies bfloat16, to much the same losses; weights and "
      "sums stay float32."));
  rows.push_back(number_setting(
      name("trim", ""), [](ModelSpec& s) -> double& { return s.step.trim; },
      {.low = 0, .high = 1, .high_open = true}, "0",
      "Share of each batch that is not learned from, the rows with the largest errors: keeps what "
      "does not fit, such as anomalies among the training rows, from being learned."));
  rows.push_back(automatic_integer_setting(
      name("batch_size", "--batch-size"), [](ModelSpec& s) -> Index& { return s.batch_size; }, 1,
      1'000'000, 0,
      "Rows to a step: larger runs faster and takes fewer steps an epoch, smaller learns more from "
      "few rows."));
  rows.push_back(number_setting(
      name("validation", "--validation"), [](ModelSpec& s) -> double& { return s.validation; },
      {.low = 0, .high = 1, .high_open = true}, "0.1",
      "Share of rows held out to choose the best epoch and to notice memorising; 0 trains on all "
      "rows and never stops early."));
  rows.push_back(automatic_integer_setting(
      name("patience", "--patience"), [](ModelSpec& s) -> Index& { return s.patience; }, 0,
      1'000'000, kAutomaticPatience,
      "Epochs without improvement before training stops: fewer saves time, more rides out "
      "plateaus; "
      "0 never stops early."));
  rows.push_back(number_setting(
      name("min_improvement", ""), [](ModelSpec& s) -> double& { return s.min_improvement; },
      {.low = 0, .high = 1, .high_open = true}, "0.0001",
      "Relative fall of the validation loss that counts as improvement: larger stops sooner."));
  rows.push_back(seed_setting(
      name("seed", "--seed"), [](ModelSpec& s) -> std::uint64_t& { return s.seed; },
      "Where the random numbers start: the same seed gives the same model, another shows how much "
      "is chance."));
  rows.push_back(integer_setting(
      name("ensemble", "--ensemble"), [](ModelSpec& s) -> Index& { return s.ensemble; }, 1,
      kMostMembers, "1",
      "Autoencoders to train as one model, each from random numbers of its own, whose "
      "reconstructions and anomaly scores are averaged: more depend less on chance and take "
      "longer."));
  rows.push_back(factors_setting(
      name("ensemble_widths", ""),
      [](ModelSpec& s) -> std::vector<double>& { return s.ensemble_widths; },
      {.low = 0, .high = 16, .low_open = true}, "1",
      "Factors, taken in turn, by which members of an ensemble have wider or narrower hidden "
      "layers and codes than the settings say: unlike members err in unlike ways."));
  rows.push_back(list_setting<Activation>(
      name("ensemble_activations", ""),
      [](ModelSpec& s) -> std::vector<Activation>& { return s.ensemble_activations; },
      parse_activation, print_activation, "names of activations", "none",
      "What bends the hidden layers of an ensemble's members, taken in turn, and their codes where "
      "code_activation is the same as activation; none bends all alike."));
}

void add_data(std::vector<SettingRow>& rows) {
  rows.push_back(integer_setting(
      {"window", "--window", "data"}, [](ModelSpec& s) -> Index& { return s.window; }, 0, 100'000,
      "0",
      "Time series: how many consecutive rows are one sample, so that what is strange in their "
      "order is seen; longer ones see slower patterns and take longer. 0 takes each row by "
      "itself."));
  rows.push_back(automatic_integer_setting(
      {"stride", "--stride", "data"}, [](ModelSpec& s) -> Index& { return s.stride; }, 1, 100'000,
      0,
      "Rows from the beginning of one window to that of the next: more is faster and looks less "
      "closely; auto scores every window, and trains on as many as 64 MB hold, at least two to "
      "each length of a window."));
  rows.push_back(enum_setting<Scaling>(
      {"scaling", "--scaling", "data"}, [](ModelSpec& s) -> Scaling& { return s.scaling; },
      {{"auto", Scaling::kAuto},
       {"standard", Scaling::kStandard},
       {"minmax", Scaling::kMinMax},
       {"robust", Scaling::kRobust},
       {"none", Scaling::kNone},
       {"centred", Scaling::kCentred}},
      "auto",
      "How columns become comparable: standard gives each the same weight, robust ignores "
      "outliers, minmax fits [0, 1], centred keeps columns of large numbers dominant."));
  rows.push_back(enum_setting<MissingPolicy>(
      {"missing", "--missing", "data"}, [](ModelSpec& s) -> MissingPolicy& { return s.missing; },
      {{"error", MissingPolicy::kError},
       {"impute", MissingPolicy::kImpute},
       {"drop", MissingPolicy::kDrop}},
      "error",
      "What happens to empty cells: an error names the first, impute trains on the cells that are "
      "there, drop leaves out rows with holes."));
}

/// What a family, or the job, starts from.
ModelSpec defaults_of(const Family& family, const Job& job) {
  ModelSpec spec;
  spec.family = family.name;
  family.fill(spec);
  job.fill(spec);
  if (family.code_follows_activation) spec.code_activation = spec.activation;
  return spec;
}

/// "elu (linear, k-sparse: identity; sparse-l1: relu; for detect: tanh)", from the tables.
void tell_defaults(SettingRow& row) {
  if (row.info.key == "family" || row.info.key == "job") return;
  const Family& usual = families().front();
  const Job& any = jobs().front();
  const std::string base = row.print(defaults_of(usual, any));
  std::vector<std::pair<std::string, std::string>> others;  // value, whose
  const auto note = [&](const std::string& whose, const std::string& value) {
    if (value == base) return;
    for (auto& [known, names] : others) {
      if (known != value) continue;
      names += ", " + whose;
      return;
    }
    others.emplace_back(value, whose);
  };
  for (const Family& family : families()) note(family.name, row.print(defaults_of(family, any)));
  for (const Job& job : jobs()) note("for " + job.name, row.print(defaults_of(usual, job)));
  if (others.empty()) return;
  row.info.default_text = base + " (";
  for (const auto& [value, names] : others) {
    const char* between = &value == &others.front().first ? "" : "; ";
    row.info.default_text += fmt::format("{}{}: {}", between, names, value);
  }
  row.info.default_text += ")";
}

std::vector<SettingRow> make_rows() {
  std::vector<SettingRow> rows;
  add_architecture(rows);
  add_convolutions(rows);
  add_loss(rows);
  add_penalties(rows);
  add_corruption(rows);
  add_optimiser(rows);
  add_training(rows);
  add_data(rows);
  for (SettingRow& row : rows) tell_defaults(row);
  return rows;
}

}  // namespace

const std::vector<SettingRow>& setting_rows() {
  static const std::vector<SettingRow> rows = make_rows();
  return rows;
}

const SettingRow* find_setting(const std::string& key) {
  for (const SettingRow& row : setting_rows()) {
    if (row.info.key == key) return &row;
  }
  return nullptr;
}

std::string unknown_key_message(const std::string& key, const std::string& where) {
  std::vector<std::string> keys;
  for (const SettingRow& row : setting_rows()) keys.push_back(row.info.key);
  const std::string near = nearest_name(key, keys);
  return fmt::format("unknown key '{}'{}: {}", key, where,
                     near.empty() ? "see 'hourglass train --help' for the keys there are"
                                  : fmt::format("did you mean '{}'?", near));
}

const std::vector<SettingInfo>& setting_table() {
  static const std::vector<SettingInfo> table = [] {
    std::vector<SettingInfo> infos;
    for (const SettingRow& row : setting_rows()) infos.push_back(row.info);
    return infos;
  }();
  return table;
}

}  // namespace hourglass
