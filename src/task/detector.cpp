#include "task/detector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "model/job.h"
#include "task/anomaly_score.h"
#include "task/cell_training.h"
#include "task/cross_fit.h"
#include "task/drift.h"
#include "task/hole_training.h"
#include "task/judge.h"
#include "task/p_value.h"
#include "task/part_of.h"
#include "task/picture_training.h"
#include "task/score_unit.h"
#include "task/series_detector.h"
#include "task/sound_training.h"
#include "task/source_rows.h"
#include "task/table_explainer.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

// Enough for p-values down to a thousandth; more would be taken from training for nothing.
constexpr Index kMostCalibrationRows = 2000;
// Those that were learned from as well cost nothing but their scoring.
constexpr Index kMostCrossFittedRows = 20000;
// Below this a held-out tenth is too coarse, and training five more models is quick.
constexpr Index kEnoughCalibrationRows = 500;
constexpr double kCalibrationShare = 0.1;

// All members have learned from all of these rows but those of their own fold.
std::vector<double> calibration_scores_by_members(const TrainedModel& model, const Table& table,
                                                  std::vector<std::vector<Index>> folds,
                                                  ThreadPool& pool) {
  for (std::vector<Index>& fold : folds) {
    fold = evenly_spaced(fold, kMostCrossFittedRows / kFolds);
  }
  std::vector<double> scores;
  for (const std::vector<double>& of_fold : score_folds_by_members(model, table, folds, pool)) {
    scores.insert(scores.end(), of_fold.begin(), of_fold.end());
  }
  return scores;
}

// A model still in training is calibrated on what it was not fitted to, if anything is held out.
std::function<void(TrainedModel&)> calibration_so_far(const Table& table, const RowRoles& roles) {
  std::vector<Index> rows = roles.calibration.empty() ? roles.validation : roles.calibration;
  if (rows.empty()) rows = roles.training;
  return [table, rows = evenly_spaced(rows, kMostCalibrationRows)](TrainedModel& model) {
    ThreadPool alone(1);
    calibrate(model, score_rows(model, table, &rows, alone, {}), false);
  };
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
  tell_places(result, table);
  judge_unseen(result, model, options, pool);
  result.drift = find_drift(model.saved, counts);
  const bool valid = !calibrated_on_training_rows(model.saved);
  for (Warning& warning : drift_warning(result.drift, model.saved, result.p_value, valid)) {
    result.warnings.push_back(std::move(warning));
  }
}

}  // namespace

TrainedModel train_calibrated(const Table& table, const TrainingJob& job, bool for_detection,
                              ThreadPool& pool, const ProgressCallback& progress) {
  if (table.sounds) return train_on_sound(table, job, pool, progress);
  if (table.pictures) return train_on_pictures(table, job, pool, progress);
  if (job.spec.job == kInpaintCells) return train_to_fill_cells(table, job, pool, progress);
  if (job.spec.holes_alone) return train_to_fill_holes(table, job, pool, progress);
  if (job.spec.window > 0) return train_on_series(table, job, for_detection, pool, progress);
  const Index rows = table.rows();
  const bool by_members = for_detection && members_cross_fit(job.spec, rows);
  const bool held_out_would_do =
      static_cast<double>(rows) * kCalibrationShare >= static_cast<double>(kEnoughCalibrationRows);
  const bool by_models = for_detection && !by_members && !held_out_would_do && rows >= 2;
  const bool cross_fits = by_members || by_models;
  const double share = cross_fits || job.spec.validation <= 0 || rows < 20 ? 0 : kCalibrationShare;
  RowRoles roles =
      assign_roles(all_rows(rows), job.spec.validation, share, kMostCalibrationRows, job.spec.seed);
  if (by_members) roles.folds = deal_folds(roles.training, kFolds, job.spec.seed);

  const ProgressCallback main_progress = by_models ? part_of(progress, 0, kFolds + 1) : progress;
  TrainingJob main_job = job;
  if (job.part.run() != nullptr) main_job.calibrate_so_far = calibration_so_far(table, roles);
  TrainedModel model = train_model(table, roles, main_job, pool, main_progress);
  model.saved.columns = summarise_columns(table, pool);
  std::vector<double> scores;
  if (by_members) {
    scores = calibration_scores_by_members(model, table, roles.folds, pool);
  } else if (by_models) {
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
  calibrate(model, std::move(scores), cross_fits);
  if (for_detection) {
    for (Warning& warning :
         too_few_calibration_rows(model.saved.calibration, kUsualFalseAlarmRate)) {
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

void judge_unseen(DetectionScores& result, const TrainedModel& model, const DetectOptions& options,
                  ThreadPool& pool) {
  check_rates(options, Judged::kOthers);
  judge(result, model.saved.calibration, Judged::kOthers, options, pool);
  if (!options.contamination && calibrated_on_training_rows(model.saved)) {
    result.warnings.push_back(calibrated_on_training());
  }
}

void judge_among_themselves(DetectionScores& result, const DetectOptions& options,
                            ThreadPool& pool) {
  check_rates(options, Judged::kThemselves);
  Calibration calibration;
  set_calibration_scores(calibration, result.anomaly_score, true);
  judge(result, calibration, Judged::kThemselves, options, pool);
}

DetectionScores detect_with(const TrainedModel& model, const Table& table,
                            const DetectOptions& options, ThreadPool& pool,
                            const ProgressCallback& progress) {
  check_rates(options, Judged::kOthers);
  if (model.saved.spec.window > 0) return detect_in_series(model, table, options, pool, progress);
  check_table_fits(model.saved.encoding, table);
  const auto start = Clock::now();
  DetectionScores result;
  std::vector<ColumnCounts> counts;
  result.anomaly_score = score_rows(model, table, nullptr, pool, progress, &counts);
  if (options.explain > 0 || options.maps) {
    result.explainer = std::make_shared<const TableExplainer>(
        table, std::vector{model}, std::vector<std::uint8_t>{}, options.explain, pool.size());
  }
  judge_by_model(result, model, table, counts, options, pool);
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_in_file(const TrainedModel& model, FileRows& file,
                               const DetectOptions& options, ThreadPool& pool,
                               const ProgressCallback& progress) {
  HOURGLASS_CHECK(options.explain == 0 && !options.maps);
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
  if (job.spec.window > 0) return detect_in_series_itself(table, job, options, pool, progress);
  if (table.rows() < 2) {
    data_error(fmt::format("{}: one row has nothing to be compared with; give more rows or a model",
                           table.source));
  }
  const auto start = Clock::now();
  OutOfFold folds = score_out_of_fold(table, job, pool, progress, 0);
  const double unit = to_typical_units(folds.scores);
  for (TrainedModel& model : folds.models) scale_errors(model, unit);
  DetectionScores result;
  result.anomaly_score = std::move(folds.scores);
  tell_places(result, table);
  result.notes = folds.models.front().saved.notes;
  result.train_seconds = folds.train_seconds;
  if (options.explain > 0 || options.maps) {
    result.explainer = std::make_shared<const TableExplainer>(
        table, std::move(folds.models), std::move(folds.fold_of_row), options.explain, pool.size());
  }
  judge_among_themselves(result, options, pool);
  result.score_seconds = seconds_since(start) - result.train_seconds;
  return result;
}

}  // namespace hourglass
