#include "model/setting_rows.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"
#include "base/nearest.h"
#include "model/ensemble.h"
#include "model/family.h"
#include "model/job.h"
#include "model/objective_settings.h"
#include "model/setting_types.h"
#include "model/settings.h"

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

constexpr Index kMostBlocks = 64;

Index parse_blocks(const std::string& key, const std::string& text) {
  return parse_integer(key, text, 0, kMostBlocks);
}

std::string print_blocks(const Index& blocks) { return std::to_string(blocks); }

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
  rows.push_back(number_setting(
      name("code_noise", ""), [](ModelSpec& s) -> double& { return s.code_noise; },
      {.low = 0, .high = 1000}, "0",
      "Standard deviation of Gaussian noise added to the code before it is bent, in training "
      "alone: with a sigmoid code whose numbers have to be 0 or 1 to be told apart, for bits."));
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
  rows.push_back(list_setting<Index>(
      name("blocks"), [](ModelSpec& s) -> std::vector<Index>& { return s.blocks; }, parse_blocks,
      print_blocks, fmt::format("as many numbers as channels, each from 0 to {}", kMostBlocks),
      "none",
      "Convolutions: residual blocks at each level, each two convolutions whose result is added to "
      "what went in; on the way down and, but for the last level, on the way up again: more remove "
      "noise better and train slower."));
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
      "twice as fast on some processors that multiply bfloat16, no faster on others, to much the "
      "same losses; weights and sums stay float32."));
  rows.push_back(enum_setting<StoredPrecision>(
      name("stored_precision", ""),
      [](ModelSpec& s) -> StoredPrecision& { return s.stored_precision; },
      {{"float32", StoredPrecision::kFloat32}, {"float16", StoredPrecision::kFloat16}}, "float32",
      "What the model's file holds weights in: float16 halves it and rounds each weight to 11 bits "
      "when training has ended."));
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

void add_detection(std::vector<SettingRow>& rows) {
  rows.push_back(automatic_integer_setting(
      {"reference_codes", "", "detection"},
      [](ModelSpec& s) -> Index& { return s.reference_codes; }, 0, kMostReferenceCodes,
      kAutomaticReferenceCodes,
      "Training rows whose codes are kept, so that an anomaly score tells not only how badly a row "
      "is reconstructed but also how far its code is from the nearest of theirs: more find the "
      "unusual that is reconstructed well, and take longer to score; 0 scores by the error alone; "
      "auto keeps " +
          fmt::format("{} where the job chose a code that is no bottleneck.",
                      kUsualReferenceCodes)));
}

void add_data(std::vector<SettingRow>& rows) {
  rows.push_back(automatic_integer_setting(
      {"patch", "", "data"}, [](ModelSpec& s) -> Index& { return s.patch; }, 8, 1024, 0,
      "Pictures of any sizes: pixels along the side of the square patches that are learned from, "
      "drawn anew in each epoch: larger ones see more around each pixel and waste less at their "
      "borders, and make fewer of them a step's worth of work. Sound: frames that are seen "
      "together."));
  rows.push_back(automatic_integer_setting(
      {"rate", "", "data"}, [](ModelSpec& s) -> Index& { return s.rate; }, kLowestRate,
      kHighestRate, 0,
      "Sound: samples a second it is learned at: a higher rate sees more of the treble and makes "
      "a larger, slower model; auto takes that of most of the recordings."));
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
       {"centred", Scaling::kCentred},
       {"log", Scaling::kLog},
       {"tf-idf", Scaling::kTfIdf}},
      "auto",
      "How columns become comparable: standard gives each the same weight, robust ignores "
      "outliers, minmax fits [0, 1], centred keeps columns of large numbers dominant, log and "
      "tf-idf are for counts such as of words."));
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
  add_objective(rows);
  add_optimiser(rows);
  add_training(rows);
  add_detection(rows);
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
