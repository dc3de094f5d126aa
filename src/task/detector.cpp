#include "task/detector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "base/error.h"
#include "task/anomaly_score.h"
#include "task/drift.h"
#include "task/explainer.h"
#include "task/judge.h"
#include "task/p_value.h"
#include "task/part_of.h"
#include "task/source_rows.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Index kFolds = 5;
// Enough for p-values down to a thousandth; more would be taken from training for nothing.
constexpr Index kMostCalibrationRows = 2000;
// Below this a held-out tenth is too coarse, and training five more models is quick.
constexpr Index kEnoughCalibrationRows = 500;
constexpr double kCalibrationShare = 0.1;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A root-mean-square over fewer rows says little.
constexpr std::size_t kFewestScaleRows = 20;

// The rows a model's feature scales are learned from: those of validation where they suffice.
const std::vector<Index>& scale_rows(const RowRoles& roles) {
  return roles.validation.size() >= kFewestScaleRows ? roles.validation : roles.training;
}

struct OutOfFold {
  std::vector<double> scores;
  std::vector<TrainedModel> models;  // one a fold
  std::vector<std::uint8_t> fold_of_row;
  double train_seconds = 0;
};

// Trains without each fold in turn and scores it: every row by a model that never saw it. Shown as
// parts `first_part`, `first_part` + 1, … of a bar that has kFolds more.
OutOfFold score_out_of_fold(const Table& table, const TrainingJob& job, ThreadPool& pool,
                            const ProgressCallback& progress, Index first_part) {
  TrainingJob fold_job = job;
  fold_job.diagnose = false;
  const std::vector<Index> rows = all_rows(table.rows());
  const auto folds = deal_folds(rows, std::min<Index>(kFolds, table.rows()), job.spec.seed);
  OutOfFold result;
  result.scores.resize(rows.size());
  result.fold_of_row.resize(rows.size());
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const std::vector<Index>& held_out = folds[k];
    const RowRoles roles =
        assign_roles(without(rows, held_out), job.spec.validation, 0, 0, job.spec.seed);
    const auto fold_progress =
        part_of(progress, first_part + static_cast<Index>(k), first_part + kFolds);
    TrainedModel model = train_model(table, roles, fold_job, pool, fold_progress);
    model.saved.calibration.feature_scale =
        learn_feature_scale(model, table, scale_rows(roles), pool);
    const std::vector<double> scores = score_rows(model, table, &held_out, pool, {});
    for (std::size_t i = 0; i < held_out.size(); ++i) {
      const auto row = static_cast<std::size_t>(held_out[i]);
      result.scores[row] = scores[i];
      result.fold_of_row[row] = static_cast<std::uint8_t>(k);
    }
    result.train_seconds += model.saved.training.seconds;
    result.models.push_back(std::move(model));
  }
  return result;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Scores are told in units of what a typical row that was not learned from gets. All are divided
// alike, so that neither order nor p-values change.
double typical_score(const std::vector<double>& scores) {
  const double typical = median(scores);
  return typical > 0 ? typical : 1;
}

// Divides every error, and so every score, by `unit`.
void scale_errors(Calibration& calibration, double unit) {
  for (double& scale : calibration.feature_scale) scale *= std::sqrt(unit);
}

Warning calibrated_on_training() {
  return {
      "calibrated-on-training-rows",
      "the model's p-values are calibrated on rows it was trained on, so too many new rows come "
      "out abnormal; train with --for detect or a --validation share, or give --contamination"};
}

// What is to be said of rows of a table that the model has scored.
void judge_by_model(DetectionScores& result, const TrainedModel& model, const Table& table,
                    const std::vector<ColumnCounts>& counts, const DetectOptions& options,
                    ThreadPool& pool) {
  result.source_row = source_rows(table, std::ssize(result.anomaly_score));
  result.row_name = table.row_names;
  judge(result, model.saved.calibration, Judged::kOthers, options, pool);
  const bool valid = !calibrated_on_training_rows(model.saved);
  if (!options.contamination && !valid) result.warnings.push_back(calibrated_on_training());
  result.drift = find_drift(model.saved, counts);
  for (Warning& warning : drift_warning(result.drift, model.saved, result.p_value, valid)) {
    result.warnings.push_back(std::move(warning));
  }
}

}  // namespace

TrainedModel train_calibrated(const Table& table, const TrainingJob& job, bool for_detection,
                              ThreadPool& pool, const ProgressCallback& progress) {
  const Index rows = table.rows();
  const bool held_out_would_do =
      static_cast<double>(rows) * kCalibrationShare >= static_cast<double>(kEnoughCalibrationRows);
  const bool cross_fits = for_detection && !held_out_would_do && rows >= 2;
  const double share = cross_fits || job.spec.validation <= 0 || rows < 20 ? 0 : kCalibrationShare;
  const RowRoles roles =
      assign_roles(all_rows(rows), job.spec.validation, share, kMostCalibrationRows, job.spec.seed);

  const ProgressCallback main_progress = cross_fits ? part_of(progress, 0, kFolds + 1) : progress;
  TrainedModel model = train_model(table, roles, job, pool, main_progress);
  model.saved.columns = summarise_columns(table, pool);
  Calibration& calibration = model.saved.calibration;
  calibration.feature_scale = learn_feature_scale(model, table, scale_rows(roles), pool);
  std::vector<double> scores;
  if (cross_fits) {
    scores = score_out_of_fold(table, job, pool, progress, 1).scores;
  } else {
    const bool held_out = !roles.calibration.empty();
    const auto& calibration_rows =
        held_out ? roles.calibration : evenly_spaced(roles.training, kMostCalibrationRows);
    scores = score_rows(model, table, &calibration_rows, pool, {});
    if (!held_out && for_detection) {
      model.saved.notes.push_back(
          "nothing was held out, so p-values are calibrated on the training rows and come out too "
          "small "
          "on new ones; give --validation a share");
    }
  }
  const double typical = typical_score(scores);
  for (double& score : scores) score /= typical;
  scale_errors(calibration, typical);
  set_calibration_scores(calibration, std::move(scores), cross_fits);
  if (for_detection) {
    for (Warning& warning : too_few_calibration_rows(calibration, kUsualFalseAlarmRate)) {
      model.saved.warnings.push_back(std::move(warning));
    }
  }
  return model;
}

bool calibrated_on_training_rows(const SavedModel& saved) {
  if (saved.calibration.cross_fitted) return false;
  // train_calibrated() sets none aside without validation or of fewer than 20 rows.
  return saved.training.validation_rows == 0 ||
         saved.calibration.rows == saved.training.training_rows;
}

DetectionScores detect_with(const TrainedModel& model, const Table& table,
                            const DetectOptions& options, ThreadPool& pool,
                            const ProgressCallback& progress) {
  check_rates(options, Judged::kOthers);
  check_table_fits(model.saved.encoding, table);
  const auto start = Clock::now();
  DetectionScores result;
  std::vector<ColumnCounts> counts;
  result.anomaly_score = score_rows(model, table, nullptr, pool, progress, &counts);
  if (options.explain > 0) {
    result.explainer = std::make_shared<const Explainer>(
        table, std::vector{model}, std::vector<std::uint8_t>{}, options.explain, pool.size());
  }
  judge_by_model(result, model, table, counts, options, pool);
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_in_file(const TrainedModel& model, FileRows& file,
                               const DetectOptions& options, ThreadPool& pool,
                               const ProgressCallback& progress) {
  HOURGLASS_CHECK(options.explain == 0);
  check_rates(options, Judged::kOthers);
  check_table_fits(model.saved.encoding, file.table());
  const auto start = Clock::now();
  DetectionScores result;
  std::vector<ColumnCounts> counts;
  result.anomaly_score = score_rows(model, file, pool, progress, &counts);
  file.finish(std::ssize(result.anomaly_score));
  judge_by_model(result, model, file.table(), counts, options, pool);
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_out_of_fold(const Table& table, const TrainingJob& job,
                                   const DetectOptions& options, ThreadPool& pool,
                                   const ProgressCallback& progress) {
  check_rates(options, Judged::kThemselves);
  if (table.rows() < 2) {
    data_error(fmt::format("{}: one row has nothing to be compared with; give more rows or a model",
                           table.source));
  }
  const auto start = Clock::now();
  OutOfFold folds = score_out_of_fold(table, job, pool, progress, 0);
  const double typical = typical_score(folds.scores);
  for (double& score : folds.scores) score /= typical;
  for (TrainedModel& model : folds.models) scale_errors(model.saved.calibration, typical);
  DetectionScores result;
  result.source_row = source_rows(table, table.rows());
  result.row_name = table.row_names;
  result.anomaly_score = std::move(folds.scores);
  result.notes = folds.models.front().saved.notes;
  result.train_seconds = folds.train_seconds;
  if (options.explain > 0) {
    result.explainer = std::make_shared<const Explainer>(
        table, std::move(folds.models), std::move(folds.fold_of_row), options.explain, pool.size());
  }
  Calibration calibration;
  set_calibration_scores(calibration, result.anomaly_score, true);
  judge(result, calibration, Judged::kThemselves, options, pool);
  result.score_seconds = seconds_since(start) - result.train_seconds;
  return result;
}

}  // namespace hourglass
