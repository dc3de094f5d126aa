#include "task/compare.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "base/error.h"
#include "linalg/pca.h"
#include "model/convolutional.h"
#include "model/settings.h"
#include "task/contenders.h"
#include "task/part_of.h"
#include "task/pca_network.h"
#include "task/test_bench.h"
#include "train/compare_with_pca.h"
#include "train/train_model.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Index kFewestRows = 10;

void check(const CompareOptions& options) {
  if (!(options.test_share > 0 && options.test_share < 1)) {
    usage_error(fmt::format("a test share of {:g} is out of range: give one in (0, 1)",
                            options.test_share));
  }
  if (!(options.noise >= 0 && std::isfinite(options.noise))) {
    usage_error(fmt::format("noise = {:g} is out of range: give a standard deviation from 0 up",
                            options.noise));
  }
  if (options.seeds < 1) {
    usage_error(fmt::format("{} seeds train nothing: give at least 1", options.seeds));
  }
  for (const std::int64_t latent_dim : options.latent_dims) {
    if (latent_dim < 1) {
      usage_error(fmt::format("a latent dim of {} is none: give at least 1", latent_dim));
    }
  }
}

// Test rows first, as calibration rows, so that they stay the same whatever share stops early.
RowRoles split(Index rows, double test_share, double validation_share, std::uint64_t seed) {
  const RowRoles outer = assign_roles(all_rows(rows), test_share, 0, 0, seed);
  RowRoles roles = assign_roles(outer.training, validation_share, 0, 0, seed);
  roles.calibration = outer.validation;
  return roles;
}

// The same contender trained from several seeds: means and standard deviations.
Contender averaged(const std::vector<Contender>& runs) {
  Contender average = runs.front();
  const auto n = static_cast<double>(runs.size());
  for (const ComparisonColumn& column : comparison_columns()) {
    double mean = 0;
    for (const Contender& run : runs) mean += (run.*column.figure).mean / n;
    average.*column.figure = {.mean = mean};
    if (runs.size() < 2) continue;
    double squares = 0;
    for (const Contender& run : runs) squares += std::pow((run.*column.figure).mean - mean, 2);
    (average.*column.figure).deviation = std::sqrt(squares / (n - 1));
  }
  for (const Contender& run : runs) {
    for (const std::string& code : run.warnings) {
      if (std::ranges::find(average.warnings, code) == average.warnings.end()) {
        average.warnings.push_back(code);
      }
    }
  }
  return average;
}

// Trains and judges one contender after another on one split of one table.
class Contest {
 public:
  Contest(const Table& table, const Settings& settings, MissingPolicy missing,
          const CompareOptions& options, ThreadPool& pool)
      : table_(table), missing_(missing), options_(options), pool_(pool) {
    plans_ = plan_contenders(settings, options, comparison_.notes);
    plans_ = choose_architectures(std::move(plans_), table.sample_shape, comparison_.notes);
    const ModelSpec& first = plans_.front().spec;
    seed_ = first.seed;
    roles_ = split(table.rows(), options.test_share, first.validation, seed_);
    learn_columns(first.scaling);
    const DataShape shape = shape_of(table, *encoding_, static_cast<Index>(roles_.training.size()));
    plans_ = fit_to_data(std::move(plans_), shape, encoding_->scaling, comparison_.notes);
    if (options.pca) check_pca();
  }

  Comparison run(const ProgressCallback& progress) {
    std::optional<Classes> classes;
    if (!options_.labels.empty()) classes = classes_of(options_.labels, table_.rows());
    const TestBench bench(table_, *encoding_, roles_, masked(), std::move(classes), options_.noise,
                          seed_, pool_);
    const Index parts = static_cast<Index>(plans_.size()) * options_.seeds;
    Index part = 0;
    for (const ContenderPlan& plan : plans_) {
      std::vector<Contender> runs;
      for (Index s = 0; s < options_.seeds; ++s) {
        runs.push_back(train(plan, seed_ + static_cast<std::uint64_t>(s), bench,
                             part_of(progress, part++, parts)));
      }
      comparison_.contenders.push_back(averaged(runs));
    }
    if (pca_dims_.empty()) return finish();
    add_pca(bench);
    return finish();
  }

 private:
  bool masked() const { return missing_ == MissingPolicy::kImpute; }

  // One encoding for all: were one network to need neighbours where they are, or one loss [0, 1],
  // all get it. Where the user chose a scaling, it is such a loss that does not fit.
  void learn_columns(Scaling scaling) {
    EncodingOptions options;
    options.scaling = scaling;
    for (const ContenderPlan& plan : plans_) {
      if (is_convolutional(plan.spec)) options.keep_shape = true;
      const bool needs_it = info(plan.spec.step.loss).unit_interval_target;
      if (needs_it && scaling == Scaling::kAuto) options.needs_unit_interval = true;
    }
    encoding_ = std::make_shared<const Encoding>(
        learn_encoding(table_, roles_.training, options, &comparison_.notes));
  }

  // The sizes PCA is shown at, or a note why it is not.
  void check_pca() {
    if (encoding_->features > kWidestPca || masked()) {
      comparison_.notes.push_back(
          masked()
              ? "left out PCA: it cannot learn from rows with holes"
              : fmt::format("left out PCA: {} features are too many for it", encoding_->features));
      return;
    }
    const Index most = std::min(encoding_->features, static_cast<Index>(roles_.training.size()));
    for (const ContenderPlan& plan : plans_) {
      if (plan.latent_dim > most) {
        const std::string reason =
            fmt::format("PCA of {} features and {} training rows has no {} components",
                        encoding_->features, roles_.training.size(), plan.latent_dim);
        if (!options_.latent_dims.empty()) {
          usage_error(fmt::format("{}: give latent dims up to {}, or leave PCA out (--no-pca)",
                                  reason, most));
        }
        comparison_.notes.push_back(fmt::format("left out PCA: {}", reason));
        return;
      }
      if (std::ranges::find(pca_dims_, plan.latent_dim) == pca_dims_.end()) {
        pca_dims_.push_back(plan.latent_dim);
      }
    }
  }

  Contender train(const ContenderPlan& plan, std::uint64_t seed, const TestBench& bench,
                  const ProgressCallback& progress) {
    TrainingJob job;
    job.spec = plan.spec;
    job.encoding = encoding_;
    job.spec.seed = seed;
    if (missing_ != MissingPolicy::kError) job.spec.missing = missing_;
    RowRoles seen = roles_;
    seen.calibration.clear();
    const TrainedModel model = train_model(table_, seen, job, pool_, progress);
    Contender contender = bench.measure(model.network(), model.saved.spec.step);
    contender.family = plan.family;
    contender.latent_dim = plan.latent_dim;
    contender.settings = plan.swept;
    contender.seconds.mean = model.saved.training.seconds;
    for (const Warning& warning : model.saved.warnings) contender.warnings.push_back(warning.code);
    return contender;
  }

  // Fitted once, for the largest; smaller ones are its first components.
  void add_pca(const TestBench& bench) {
    const auto start = Clock::now();
    const Samples training(table_, *encoding_, roles_.training, Index{512} << 20, false);
    const RowBlockReader read = [&](Index begin, Index end, float* out) {
      training.read(begin, end, out, nullptr);
    };
    const Pca pca = fit_pca(training.rows(), training.features(), read,
                            *std::ranges::max_element(pca_dims_), 2048, seed_);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (const Index latent_dim : pca_dims_) {
      Contender contender = bench.measure(pca_network(pca, latent_dim), StepSpec());
      contender.family = "pca";
      contender.latent_dim = latent_dim;
      contender.seconds.mean = seconds;
      comparison_.contenders.push_back(std::move(contender));
    }
  }

  Comparison finish() {
    comparison_.training_rows = static_cast<Index>(roles_.training.size());
    comparison_.validation_rows = static_cast<Index>(roles_.validation.size());
    comparison_.test_rows = static_cast<Index>(roles_.calibration.size());
    comparison_.features = encoding_->features;
    comparison_.seeds = options_.seeds;
    comparison_.noise = options_.noise;
    return std::move(comparison_);
  }

  const Table& table_;
  MissingPolicy missing_;
  const CompareOptions& options_;
  ThreadPool& pool_;
  std::vector<ContenderPlan> plans_;
  std::uint64_t seed_ = 0;
  RowRoles roles_;
  std::shared_ptr<const Encoding> encoding_;
  std::vector<Index> pca_dims_;
  Comparison comparison_;
};

}  // namespace

const std::vector<ComparisonColumn>& comparison_columns() {
  using Better = ComparisonColumn::Better;
  static const std::vector<ComparisonColumn> table = {
      {"test_error", "test error", Better::kLower, &Contender::test_error},
      {"relative_error", "of variance", Better::kLower, &Contender::relative_error},
      {"gap", "test/train", Better::kLower, &Contender::gap},
      {"noise_error", "noisy error", Better::kLower, &Contender::noise_error},
      {"effective_rank", "eff. rank", Better::kHigher, &Contender::effective_rank},
      {"dead_units", "dead", Better::kLower, &Contender::dead_units},
      {"zero_share", "zeros", Better::kNeither, &Contender::zero_share},
      {"near_zero_share", "near zero", Better::kNeither, &Contender::near_zero_share},
      {"jacobian_norm", "Jacobian", Better::kNeither, &Contender::jacobian_norm},
      {"probe_accuracy", "probe", Better::kHigher, &Contender::probe_accuracy},
      {"neighbour_accuracy", "5-NN", Better::kHigher, &Contender::neighbour_accuracy},
      {"seconds", "seconds", Better::kLower, &Contender::seconds},
  };
  return table;
}

std::vector<std::size_t> Comparison::best(const ComparisonColumn& column) const {
  std::vector<std::size_t> found;
  if (column.better == ComparisonColumn::Better::kNeither) return found;
  const double sign = column.better == ComparisonColumn::Better::kLower ? -1 : 1;
  double best = -std::numeric_limits<double>::infinity();
  std::size_t known = 0;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const double value = sign * (contenders[i].*column.figure).mean;
    if (std::isnan(value)) continue;
    ++known;
    if (value > best) {
      best = value;
      found.clear();
    }
    if (value == best) found.push_back(i);
  }
  if (found.size() == known) found.clear();
  return found;
}

Comparison compare_contenders(const Table& table, const Settings& settings, MissingPolicy missing,
                              const CompareOptions& options, ThreadPool& pool,
                              const ProgressCallback& progress) {
  check(options);
  if (spec_from_settings(settings).window > 0) {
    usage_error("compare tests rows one by one and knows no windows: leave window out");
  }
  if (table.rows() < kFewestRows) {
    data_error(
        fmt::format("{} has {} rows, too few to train on some and test on others: give at "
                    "least {}",
                    table.source, table.rows(), kFewestRows));
  }
  return Contest(table, settings, missing, options, pool).run(progress);
}

}  // namespace hourglass
