#include "train/diagnose.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>

#include "model/job.h"

namespace hourglass {
namespace {

// Held-out rows fewer than this say too little to warn by.
constexpr Index kFewestRows = 10;
// Held-out error this many times the training error is memorising; generalising models stay
// below 1.5.
constexpr double kMemorisedRatio = 2.0;
// Held-out rows may happen to be harder, outliers among few: PCA shows by how much, as it can
// hardly memorise. More than this much is not put down to the rows.
constexpr double kHardestRows = 2.0;
// The other sign of it, for models that explain little (a code of one number): of the share of the
// variance explained on training rows less than this is explained on others.
constexpr double kCarriedOver = 0.5;
// A share below this is too small to judge by.
constexpr double kLeastExplained = 0.1;
// Within 2 % of PCA the nonlinearity earns nothing.
constexpr double kPcaMargin = 0.98;
// Share of the error that independent features force on any code, that must remain for the warning.
constexpr double kIndependentMargin = 0.93;
// And what is explained may exceed what a code of that size explains of independent features by
// this factor (and a hundredth, for chance): one number that explains 5 % of 784 pixels found much.
constexpr double kIndependentFactor = 1.3;
constexpr double kIndependentChance = 0.01;
// Training that still gains this much over its last tenth has not converged.
constexpr double kStillImproving = 0.02;

bool has_held_out(const Findings& findings) {
  return findings.held_out_rows >= kFewestRows && !findings.held_out.feature_error.empty();
}

bool has_pca(const Findings& findings) {
  return has_held_out(findings) && !findings.pca_feature_error.empty();
}

// How many times as hard the held-out rows are for PCA; 1 if that is not known or they are easier.
double hardness_of_rows(const Findings& findings) {
  const double ratio = findings.pca_mean_squared_error / findings.pca_training_mean_squared_error;
  return std::isfinite(ratio) ? std::clamp(ratio, 1.0, kHardestRows) : 1;
}

// The share of the features' variance that reconstructions account for.
double explained(const Evaluation& evaluation) {
  double variance = 0;
  for (const double each : evaluation.feature_variance) variance += each;
  variance /= static_cast<double>(std::max<std::size_t>(1, evaluation.feature_variance.size()));
  return variance > 0 ? 1 - evaluation.mean_squared_error / variance : 0;
}

// Without a bottleneck what was seen comes out nearly exact, and that is no fault where scores are
// judged by those of rows that were not seen.
bool may_memorise(const Findings& findings) {
  return detects(*findings.spec) && findings.spec->latent_dim >= findings.features;
}

std::optional<std::string> memorised(const Findings& findings) {
  if (!has_held_out(findings) || may_memorise(findings)) return std::nullopt;
  const double training = findings.training.mean_squared_error;
  const double held_out = findings.held_out.mean_squared_error;
  const double hardness = hardness_of_rows(findings);
  const double learned = explained(findings.training);
  const double carried = explained(findings.held_out);
  const bool errors_part = held_out > kMemorisedRatio * hardness * training;
  const bool little_carries_over =
      learned > kLeastExplained && carried < kCarriedOver * learned && held_out > training;
  if (!errors_part && !little_carries_over) return std::nullopt;
  return fmt::format(
      "the model has memorised: its error is {:.4g} on the rows it learned from and {:.4g} ({:.1f} "
      "times as much{}) on rows it did not see{}; try a smaller --latent-dim or --hidden, --set "
      "dropout=0.1, --set weight_decay=1e-4, or more rows",
      training, held_out, held_out / std::max(training, 1e-300),
      hardness > 1 ? fmt::format(", where the rows themselves account for {:.1f} times", hardness)
                   : "",
      little_carries_over
          ? fmt::format(", where it explains {:.0f} % of the variance against {:.0f} %",
                        100 * std::max(0.0, carried), 100 * learned)
          : "");
}

std::optional<std::string> no_better_than_pca(const Findings& findings) {
  // As many components as features leave PCA no error, and say nothing.
  const bool overcomplete = findings.spec->latent_dim >= findings.features;
  if (!has_pca(findings) || overcomplete || findings.spec->family == "linear") return std::nullopt;
  // One that learned to mend damaged samples is not to be judged by how well it copies whole ones.
  if (!findings.spec->corruptions.empty()) return std::nullopt;
  const double model = findings.held_out.mean_squared_error;
  const double pca = findings.pca_mean_squared_error;
  if (!(model > kPcaMargin * pca)) return std::nullopt;
  return fmt::format(
      "no better than PCA: on rows not trained on, the error is {:.4g} and that of PCA with the "
      "same "
      "{} numbers is {:.4g}; try --family linear, more --epochs, other --hidden sizes, or use PCA",
      model, findings.spec->latent_dim, pca);
}

// Mean over features of the share of their variance left unexplained: of independent features a
// code of k numbers can keep k of d, so 1 − k/d stays whatever the model.
double unexplained(const std::vector<double>& error, const std::vector<double>& variance) {
  double sum = 0;
  double counted = 0;
  for (std::size_t f = 0; f < error.size(); ++f) {
    if (variance[f] <= 0) continue;
    sum += std::min(1.0, error[f] / variance[f]);
    counted += 1;
  }
  return counted > 0 ? sum / counted : 0;
}

std::optional<std::string> independent_features(const Findings& findings) {
  const Index latent_dim = findings.spec->latent_dim;
  if (!has_pca(findings) || latent_dim >= findings.features) return std::nullopt;
  const double unavoidable =
      1 - static_cast<double>(latent_dim) / static_cast<double>(findings.features);
  const auto& variance = findings.held_out.feature_variance;
  const double left = std::min(unexplained(findings.held_out.feature_error, variance),
                               unexplained(findings.pca_feature_error, variance));
  if (!(left > kIndependentMargin * unavoidable)) return std::nullopt;
  if (1 - left > kIndependentFactor * (1 - unavoidable) + kIndependentChance) return std::nullopt;
  return fmt::format(
      "nothing to compress: {:.0f} % of the features' variance stays unexplained, and {} numbers "
      "leave "
      "{:.0f} % even of independent features; codes of this data will not mean much",
      100 * left, latent_dim, 100 * unavoidable);
}

std::optional<std::string> dead_units(const Findings& findings) {
  // Of a code wider than the samples that noise alone regularises, units to spare are no loss.
  const ModelSpec& spec = *findings.spec;
  const bool to_spare = spec.latent_dim >= findings.features && spec.penalties.empty();
  if (findings.dead_units == 0 || to_spare) return std::nullopt;
  return fmt::format(
      "{} of {} code units never change and carry nothing: use a smaller --latent-dim, a lower "
      "--lr, or "
      "another activation of the code (--set code_activation=identity)",
      findings.dead_units, findings.spec->latent_dim);
}

std::optional<std::string> not_converged(const Findings& findings) {
  const auto& history = findings.fit->history;
  const auto last = static_cast<Index>(history.size());
  // So many steps were asked for, or are a job's way to keep from learning too much.
  const bool as_meant = findings.spec->steps > 0;
  if (findings.fit->stopped_early || as_meant || last < 2) return std::nullopt;
  const Index back = std::max<Index>(1, last / 10);
  const auto loss = [&](Index epoch) {
    const EpochRecord& record = history[static_cast<std::size_t>(epoch - 1)];
    return std::isnan(record.validation_loss) ? record.running_loss : record.validation_loss;
  };
  const double before = loss(last - back);
  const double after = loss(last);
  if (!(before - after > kStillImproving * std::abs(before))) return std::nullopt;
  return fmt::format(
      "training stopped before it converged: the loss still fell by {:.1f} % over the last {} of "
      "{} "
      "epochs; give more --epochs",
      100 * (before - after) / std::abs(before), back, last);
}

struct Check {
  const char* code;
  std::optional<std::string> (*find)(const Findings&);
};

constexpr Check kChecks[] = {
    {"memorised", memorised},
    {"no-better-than-pca", no_better_than_pca},
    {"independent-features", independent_features},
    {"dead-units", dead_units},
    {"not-converged", not_converged},
};

}  // namespace

std::vector<Warning> diagnose(const Findings& findings) {
  std::vector<Warning> warnings;
  for (const Check& check : kChecks) {
    if (auto message = check.find(findings)) warnings.push_back({check.code, *message});
  }
  return warnings;
}

}  // namespace hourglass
