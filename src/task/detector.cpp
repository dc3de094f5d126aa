#include "task/detector.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "base/error.h"
#include "task/anomaly_score.h"
#include "task/explainer.h"
#include "task/p_value.h"
#include "task/part_of.h"
#include "task/series_detector.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Index kFolds = 5;
// Enough for p-values down to a thousandth; more would be taken from training for nothing.
constexpr Index kMostCalibrationRows = 2000;
// Below this a held-out tenth is too coarse, and training five more models is quick.
constexpr Index kEnoughCalibrationRows = 500;
constexpr double kCalibrationShare = 0.1;
constexpr double kUsualSignificance = 0.01;

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

Warning few_calibration_rows(const Calibration& calibration, double smallest, double significance) {
  return {"few-calibration-rows",
          fmt::format("only {} rows to calibrate on: no p-value can be below {:.3g}, so a "
                      "threshold at {:g} flags nothing; give more rows{} or --contamination",
                      calibration.rows, smallest, significance,
                      calibration.cross_fitted ? "" : ", train with --for detect,")};
}

// The smallest p-value there can be for a row the calibration rows do not include.
double smallest_p_value(const Calibration& calibration) {
  return 1 / (1.0 + static_cast<double>(calibration.rows));
}

Warning calibrated_on_training() {
  return {
      "calibrated-on-training-rows",
      "the model's p-values are calibrated on rows it was trained on, so too many new rows come "
      "out abnormal; train with --for detect or a --validation share, or give --contamination"};
}

// The score above which lies the given share of rows (where no scores are equal).
double contamination_threshold(std::vector<double> scores, double contamination) {
  const auto n = static_cast<double>(scores.size());
  const auto flagged = static_cast<std::size_t>(std::llround(contamination * n));
  if (flagged >= scores.size()) return -std::numeric_limits<double>::infinity();
  const auto position = scores.begin() + static_cast<std::ptrdiff_t>(scores.size() - 1 - flagged);
  std::nth_element(scores.begin(), position, scores.end());
  return *position;
}

// The source's row, from 1, of each row of the table; empty where they are the same.
std::vector<std::int64_t> source_rows(const Table& table, Index rows) {
  std::vector<std::int64_t> numbers;
  if (table.left_out_rows.empty()) return numbers;
  auto left_out = table.left_out_rows.begin();
  for (Index source = 0; std::ssize(numbers) < rows; ++source) {
    if (left_out != table.left_out_rows.end() && *left_out == source) {
      ++left_out;
    } else {
      numbers.push_back(source + 1);
    }
  }
  return numbers;
}

// Whether the rows judged are the calibration rows themselves, or others.
enum class Judged { kOthers, kThemselves };

// p-values, threshold and flags of rows whose scores are known.
void judge(DetectionScores& result, const Calibration& calibration, Judged judged,
           const DetectOptions& options, ThreadPool& pool) {
  const bool among = judged == Judged::kThemselves;
  if (options.contamination) {
    result.threshold = contamination_threshold(result.anomaly_score, *options.contamination);
  } else {
    result.threshold = among ? threshold_among(calibration, options.significance)
                             : threshold_at(calibration, options.significance);
    if (std::isinf(result.threshold) && result.threshold > 0) {
      const double smallest =
          among ? 1 / static_cast<double>(calibration.rows) : smallest_p_value(calibration);
      result.warnings.push_back(few_calibration_rows(calibration, smallest, options.significance));
    }
  }
  const std::vector<double>& scores = result.anomaly_score;
  result.p_value.resize(scores.size());
  result.is_anomaly.resize(scores.size());
  std::atomic<std::int64_t> flagged{0};
  pool.run([&](int worker) {
    const Range rows = share_of(std::ssize(scores), worker, pool.size());
    const auto values_of = among ? p_values_among : p_values;
    values_of(calibration, scores.data() + rows.begin, rows.size(),
              result.p_value.data() + rows.begin);
    std::int64_t strange = 0;
    for (auto i = static_cast<std::size_t>(rows.begin); i < static_cast<std::size_t>(rows.end);
         ++i) {
      result.is_anomaly[i] = scores[i] > result.threshold ? 1 : 0;
      strange += result.is_anomaly[i];
    }
    flagged += strange;
  });
  result.flagged = flagged;
}

// What is to be said of rows of a table that the model has scored.
void judge_by_model(DetectionScores& result, const TrainedModel& model, const Table& table,
                    const DetectOptions& options, ThreadPool& pool) {
  result.source_row = source_rows(table, std::ssize(result.anomaly_score));
  result.row_name = table.row_names;
  judge_unseen(result, model, options, pool);
}

void check(const DetectOptions& options) {
  if (options.contamination && !(*options.contamination > 0 && *options.contamination <= 0.5)) {
    usage_error(fmt::format("contamination = {:g} is out of range: give a share in (0, 0.5]",
                            *options.contamination));
  }
  if (!(options.significance > 0 && options.significance < 1)) {
    usage_error(fmt::format("significance = {:g} is out of range: give a number in (0, 1)",
                            options.significance));
  }
}

}  // namespace

TrainedModel train_calibrated(const Table& table, const TrainingJob& job, bool for_detection,
                              ThreadPool& pool, const ProgressCallback& progress) {
  if (job.spec.window > 0) return train_on_series(table, job, for_detection, pool, progress);
  const Index rows = table.rows();
  const bool held_out_would_do =
      static_cast<double>(rows) * kCalibrationShare >= static_cast<double>(kEnoughCalibrationRows);
  const bool cross_fits = for_detection && !held_out_would_do && rows >= 2;
  const double share = cross_fits || job.spec.validation <= 0 || rows < 20 ? 0 : kCalibrationShare;
  const RowRoles roles =
      assign_roles(all_rows(rows), job.spec.validation, share, kMostCalibrationRows, job.spec.seed);

  const ProgressCallback main_progress = cross_fits ? part_of(progress, 0, kFolds + 1) : progress;
  TrainedModel model = train_model(table, roles, job, pool, main_progress);
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
  if (for_detection && std::isinf(threshold_at(calibration, kUsualSignificance))) {
    model.saved.warnings.push_back(
        few_calibration_rows(calibration, smallest_p_value(calibration), kUsualSignificance));
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
  check(options);
  judge(result, model.saved.calibration, Judged::kOthers, options, pool);
  if (!options.contamination && calibrated_on_training_rows(model.saved)) {
    result.warnings.push_back(calibrated_on_training());
  }
}

void judge_among_themselves(DetectionScores& result, const DetectOptions& options,
                            ThreadPool& pool) {
  check(options);
  Calibration calibration;
  set_calibration_scores(calibration, result.anomaly_score, true);
  judge(result, calibration, Judged::kThemselves, options, pool);
}

DetectionScores detect_with(const TrainedModel& model, const Table& table,
                            const DetectOptions& options, ThreadPool& pool,
                            const ProgressCallback& progress) {
  check(options);
  if (model.saved.spec.window > 0) return detect_in_series(model, table, options, pool, progress);
  check_table_fits(model.saved.encoding, table);
  const auto start = Clock::now();
  DetectionScores result;
  result.anomaly_score = score_rows(model, table, nullptr, pool, progress);
  if (options.explain > 0) {
    result.explainer = std::make_shared<const Explainer>(
        table, std::vector{model}, std::vector<std::uint8_t>{}, options.explain, pool.size());
  }
  judge_by_model(result, model, table, options, pool);
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_in_file(const TrainedModel& model, FileRows& file,
                               const DetectOptions& options, ThreadPool& pool,
                               const ProgressCallback& progress) {
  HOURGLASS_CHECK(options.explain == 0);
  check(options);
  check_table_fits(model.saved.encoding, file.table());
  const auto start = Clock::now();
  DetectionScores result;
  result.anomaly_score = score_rows(model, file, pool, progress);
  file.finish(std::ssize(result.anomaly_score));
  judge_by_model(result, model, file.table(), options, pool);
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_out_of_fold(const Table& table, const TrainingJob& job,
                                   const DetectOptions& options, ThreadPool& pool,
                                   const ProgressCallback& progress) {
  check(options);
  if (job.spec.window > 0) return detect_in_series_itself(table, job, options, pool, progress);
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
  judge_among_themselves(result, options, pool);
  result.score_seconds = seconds_since(start) - result.train_seconds;
  return result;
}

}  // namespace hourglass
