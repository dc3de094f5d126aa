#include "model/objective_settings.h"

#include <fmt/format.h>

#include "model/family.h"
#include "model/penalty_setting.h"
#include "model/setting_types.h"
#include "network/penalty.h"

namespace hourglass {
namespace {

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
  rows.push_back(switch_setting(
      {"holes_alone", "", "corruption"}, [](ModelSpec& s) -> bool& { return s.holes_alone; },
      "false",
      "Whether only what corruption cuts out of samples counts in their loss: for filling in what "
      "is missing, where the rest is known."));
  rows.push_back(enum_setting<NoiseUnit>(
      {"noise_unit", "", "corruption"}, [](ModelSpec& s) -> NoiseUnit& { return s.noise_unit; },
      {{"auto", NoiseUnit::kAuto}, {"own", NoiseUnit::kOwn}, {"levels", NoiseUnit::kLevels}},
      "auto",
      "What strengths of corrupt that are values are told in: own is the unit of the features, "
      "levels are 255ths of it, as of pictures of 8 bits; auto takes levels for pictures of any "
      "sizes."));
  rows.push_back(text_setting(
      {"noise_from", "--noise-from", "corruption"},
      [](ModelSpec& s) -> std::string& { return s.noise_from; },
      "A recording of the noise to be taken away, which corrupt = recording adds: a data file of "
      "numbers or, for sound, a folder of recordings or one of them."));
  rows.push_back(ratio_setting(
      {"snr", "--snr", "corruption"}, [](ModelSpec& s) -> LevelRange& { return s.snr; }, "0:10",
      "How strong the noise of corrupt = recording or white is where that names no level: the "
      "signal-to-noise ratio in dB, drawn anew for each sample; a wider range makes a model for "
      "more kinds of noise and a worse one for each."));
  rows.push_back(text_setting(
      {"noisy_from", "", "corruption"}, [](ModelSpec& s) -> std::string& { return s.noisy_from; },
      "A folder of the pictures learned from as they came with noise, of the same names and sizes: "
      "these are seen and the others are to be given back. A job's corrupt is then left out."));
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

}  // namespace

void add_objective(std::vector<SettingRow>& rows) {
  add_loss(rows);
  add_penalties(rows);
  add_corruption(rows);
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

}  // namespace hourglass
