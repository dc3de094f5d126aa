#include "task/series_detector.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/stopwatch.h"
#include "data/windows.h"
#include "model/convolutional.h"
#include "model/job.h"
#include "task/cross_fit.h"
#include "task/detector.h"
#include "task/p_value.h"
#include "task/part_of.h"
#include "task/score_unit.h"
#include "task/series_explainer.h"
#include "task/source_rows.h"
#include "task/step_scores.h"
#include "train/time_blocks.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kCalibrationShare = 0.1;
// Fewer steps held out to calibrate on than this are too coarse, and five more models are quick.
constexpr Index kEnoughCalibrationSteps = 500;
// Windows to train on overlap: no more of them than make 64 MB, or than one needs.
constexpr Index kMostTrainingNumbers = Index{1} << 24;
constexpr Index kFewestWindows = 2000;

Index total_size(const std::vector<Range>& parts) {
  Index size = 0;
  for (const Range& part : parts) size += part.size();
  return size;
}

Index longest(const std::vector<Range>& parts) {
  Index size = 0;
  for (const Range& part : parts) size = std::max(size, part.size());
  return size;
}

void check_settings(const ModelSpec& spec) {
  if (spec.stride <= spec.window) return;
  usage_error(
      fmt::format("stride = {} leaves steps between windows of {} that nothing looks at: "
                  "give at most {}",
                  spec.stride, spec.window, spec.window));
}

// Every run must hold a window, or some steps would have no score.
void check_runs(const Table& steps, const std::vector<Range>& runs, Index window) {
  for (const Range& run : runs) {
    if (run.size() >= window) continue;
    const std::vector<std::int64_t> rows = source_rows(steps, steps.rows());
    const Index first = rows.empty() ? run.begin : rows[static_cast<std::size_t>(run.begin)] - 1;
    refuse_short_run(steps.source, {first, first + run.size()}, window);
  }
}

void check_long_enough(const Table& steps, Index needed, Index window) {
  const Index there = longest(unbroken_runs(steps));
  if (there >= needed || (steps.series.size() > kFolds && there > window)) return;
  data_error(
      fmt::format("{}: {} steps in a row are too few to learn windows of {} from: give at "
                  "least {}, or a shorter --window",
                  steps.source, there, window, needed));
}

// The windows of some parts of time, and which kind each is of.
struct Windows {
  std::vector<Index> first_steps;
  RowRoles roles;

  void add(std::vector<Index>& kind, const std::vector<Range>& runs,
           const std::vector<Range>& parts, Index window, Index stride) {
    for (const Range& part : parts) {
      for (const Index step : windows_within(runs, part, window, stride)) {
        kind.push_back(std::ssize(first_steps));
        first_steps.push_back(step);
      }
    }
  }
};

// Of training windows.
Index training_stride(const ModelSpec& spec, Index steps, Index features) {
  if (spec.stride > 0) return spec.stride;
  const Index most = std::max(kFewestWindows, kMostTrainingNumbers / features);
  return std::clamp<Index>((steps + most - 1) / most, 1, std::max<Index>(1, spec.window / 2));
}

std::shared_ptr<const Encoding> learn_steps(const Table& steps, const std::vector<Range>& parts,
                                            ModelSpec& spec, std::vector<std::string>& notes) {
  std::vector<Index> rows;
  for (const Range& part : parts) {
    for (Index row = part.begin; row < part.end; ++row) rows.push_back(row);
  }
  choose_architecture_for(spec, {spec.window, steps.cols()});
  EncodingOptions options;
  options.scaling = spec.scaling;
  // A column that never changed may begin to, which is an anomaly.
  options.keep_shape = is_convolutional(spec) || detects(spec);
  options.needs_unit_interval = info(spec.step.loss).unit_interval_target;
  return std::make_shared<const Encoding>(
      encoding_of_windows(learn_encoding(steps, rows, options, &notes), spec.window));
}

// A model with feature scales, of some blocks of time.
TrainedModel train_on(const Table& steps, const TimeBlocks& blocks, TrainingJob job,
                      ThreadPool& pool, const ProgressCallback& progress) {
  std::vector<std::string> notes;
  job.encoding = learn_steps(steps, blocks.training, job.spec, notes);
  const Index window = job.spec.window;
  const Index stride =
      training_stride(job.spec, total_size(blocks.training), job.encoding->features);
  const std::vector<Range> runs = unbroken_runs(steps);
  Windows windows;
  windows.add(windows.roles.training, runs, blocks.training, window, stride);
  windows.add(windows.roles.validation, runs, blocks.validation, window, stride);
  if (windows.roles.training.empty()) {
    data_error(
        fmt::format("{}: no {} steps in a row are left to learn from: give longer series, "
                    "or a shorter --window",
                    steps.source, window));
  }
  const Table table = window_table(steps, windows.first_steps, window);
  TrainedModel model = train_model(table, windows.roles, job, pool, progress);
  model.saved.notes.insert(model.saved.notes.begin(), notes.begin(), notes.end());
  return model;
}

// Windows may reach into the gap on either side of a part, which nothing was learned from.
Range reach_of(Range part, const Table& steps, Index gap) {
  return {std::max<Index>(0, part.begin - gap + 1), std::min(steps.rows(), part.end + gap - 1)};
}

std::vector<double> score_part(const TrainedModel& model, const Table& steps, Range part,
                               ThreadPool& pool) {
  return score_steps(model, steps, part, reach_of(part, steps, model.saved.spec.window), pool, {});
}

std::vector<double> score_parts(const TrainedModel& model, const Table& steps,
                                const std::vector<Range>& parts, ThreadPool& pool) {
  std::vector<double> scores;
  for (const Range& part : parts) {
    const std::vector<double> more = score_part(model, steps, part, pool);
    scores.insert(scores.end(), more.begin(), more.end());
  }
  return scores;
}

// Steps that no window covers have no score.
void drop_uncovered(std::vector<double>& scores) {
  std::erase_if(scores, [](double score) { return std::isnan(score); });
}

// A model still in training is calibrated on what it was not fitted to, if anything is held out.
std::function<void(TrainedModel&)> calibration_so_far(const Table& steps,
                                                      const TimeBlocks& blocks) {
  std::vector<Range> parts = blocks.calibration.empty() ? blocks.validation : blocks.calibration;
  const bool held_out = !parts.empty();
  if (!held_out) parts = blocks.training;
  return [steps, parts, held_out](TrainedModel& model) {
    ThreadPool alone(1);
    std::vector<double> scores = score_parts(model, steps, parts, alone);
    drop_uncovered(scores);
    calibrate(model, std::move(scores), held_out);
  };
}

struct StepsOutOfFold {
  std::vector<double> scores;  // one a step
  std::vector<std::shared_ptr<TrainedModel>> models;
  std::vector<ScoredPart> parts;  // of all folds
  double train_seconds = 0;
};

// Folds are dealt out in `rounds` of time.
StepsOutOfFold score_steps_out_of_fold(const Table& steps, const TrainingJob& job, Index rounds,
                                       ThreadPool& pool, const ProgressCallback& progress,
                                       Index first_part) {
  TrainingJob fold_job = job;
  fold_job.diagnose = false;
  fold_job.calibrate_so_far = nullptr;
  // All folds together train as many members as one model has.
  fold_job.spec.ensemble = std::max<Index>(1, job.spec.ensemble / kFolds);
  StepsOutOfFold result;
  result.scores.resize(static_cast<std::size_t>(steps.rows()));
  for (Index k = 0; k < kFolds; ++k) {
    fold_job.part = job.part / fold_part(k);
    const std::vector<Range> fold = fold_of_time(k, kFolds, steps.rows(), rounds);
    const TimeBlocks blocks = deal_time(time_around(fold, steps.rows(), job.spec.window),
                                        job.spec.validation, 0, job.spec.window);
    const auto model = std::make_shared<TrainedModel>(train_on(
        steps, blocks, fold_job, pool, part_of(progress, first_part + k, first_part + kFolds)));
    for (const Range& part : fold) {
      const std::vector<double> scores = score_part(*model, steps, part, pool);
      std::copy(scores.begin(), scores.end(), result.scores.begin() + part.begin);
      result.parts.push_back({model, part, reach_of(part, steps, job.spec.window)});
    }
    result.train_seconds += model->saved.training.seconds;
    result.models.push_back(model);
  }
  return result;
}

}  // namespace

TrainedModel train_on_series(const Table& steps, const TrainingJob& job, bool for_detection,
                             ThreadPool& pool, const ProgressCallback& progress) {
  check_settings(job.spec);
  const Index window = job.spec.window;
  const std::vector<Range> all = {{0, steps.rows()}};
  const bool calibrates = for_detection || job.spec.validation > 0;
  TimeBlocks blocks =
      deal_time(all, job.spec.validation, calibrates ? kCalibrationShare : 0, window);
  const bool cross_fits = for_detection && total_size(blocks.calibration) < kEnoughCalibrationSteps;
  check_long_enough(steps, cross_fits ? kFolds * window : window + 1, window);
  if (cross_fits) blocks = deal_time(all, job.spec.validation, 0, window);
  TrainingJob main_job = job;
  if (job.part.run() != nullptr) main_job.calibrate_so_far = calibration_so_far(steps, blocks);
  TrainedModel model = train_on(steps, blocks, main_job, pool,
                                cross_fits ? part_of(progress, 0, kFolds + 1) : progress);
  std::vector<double> scores;
  if (cross_fits) {
    // In rounds, so that a fold is not what lies at one end of a slow change, which none of the
    // others has seen: its scores would be too high, and the threshold with them.
    const Index rounds = rounds_of_time(steps.rows(), window);
    scores = score_steps_out_of_fold(steps, job, rounds, pool, progress, 1).scores;
  } else {
    // For want of others, the training steps themselves: judge_unseen() warns of it.
    scores = score_parts(model, steps,
                         blocks.calibration.empty() ? blocks.training : blocks.calibration, pool);
  }
  drop_uncovered(scores);
  // Either way of steps that what scored them had not learned from.
  calibrate(model, std::move(scores), cross_fits || !blocks.calibration.empty());
  return model;
}

DetectionScores detect_in_series(const TrainedModel& model, const Table& steps,
                                 const DetectOptions& options, ThreadPool& pool,
                                 const ProgressCallback& progress) {
  const Index window = model.saved.spec.window;
  check_table_fits(encoding_of_steps(model.saved.encoding, window), steps);
  check_runs(steps, unbroken_runs(steps), window);
  const auto start = Clock::now();
  DetectionScores result;
  const Range all{0, steps.rows()};
  result.anomaly_score = score_steps(model, steps, all, all, pool, progress);
  result.window = window;
  tell_places(result, steps);
  judge_unseen(result, model, options, pool);
  if (options.explain > 0) {
    result.explainer = std::make_shared<const SeriesExplainer>(
        steps, std::vector{ScoredPart{std::make_shared<const TrainedModel>(model), all, all}},
        options.explain, pool.size());
  }
  result.score_seconds = seconds_since(start);
  return result;
}

DetectionScores detect_in_series_itself(const Table& steps, const TrainingJob& job,
                                        const DetectOptions& options, ThreadPool& pool,
                                        const ProgressCallback& progress) {
  const Index window = job.spec.window;
  check_settings(job.spec);
  check_long_enough(steps, kFolds * window, window);
  check_runs(steps, unbroken_runs(steps), window);
  const auto start = Clock::now();
  // In one round: an anomaly longer than a block would be among what its own fold learns from.
  StepsOutOfFold folds = score_steps_out_of_fold(steps, job, 1, pool, progress, 0);
  DetectionScores result;
  const double unit = to_typical_units(folds.scores);
  for (const auto& model : folds.models) scale_errors(*model, unit);
  result.anomaly_score = std::move(folds.scores);
  result.notes = folds.models.front()->saved.notes;
  result.train_seconds = folds.train_seconds;
  result.window = window;
  tell_places(result, steps);
  judge_among_themselves(result, options, pool);
  if (options.explain > 0) {
    result.explainer = std::make_shared<const SeriesExplainer>(steps, std::move(folds.parts),
                                                               options.explain, pool.size());
  }
  result.score_seconds = seconds_since(start) - result.train_seconds;
  return result;
}

}  // namespace hourglass
