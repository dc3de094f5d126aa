#include "task/cross_fit.h"

#include <algorithm>
#include <utility>

#include "task/anomaly_score.h"
#include "task/part_of.h"

namespace hourglass {
namespace {

// A fold's share of an ensemble's members, so that all folds together train as many.
Index members_of_a_fold(const ModelSpec& spec) {
  return std::max<Index>(1, spec.ensemble / kFolds);
}

}  // namespace

bool members_cross_fit(const ModelSpec& spec, Index rows) {
  const double learned_from = static_cast<double>(rows) * (1 - spec.validation);
  return spec.ensemble >= kFolds && learned_from >= 2 * kFolds;
}

std::vector<std::vector<double>> score_folds_by_members(
    const TrainedModel& model, const Table& table, const std::vector<std::vector<Index>>& folds,
    ThreadPool& pool) {
  std::vector<std::vector<double>> scores;
  for (const std::vector<Index>& fold : folds) {
    const TrainedModel part =
        every_nth_member(model, static_cast<Index>(scores.size()), std::ssize(folds));
    scores.push_back(score_rows(part, table, &fold, pool, {}));
  }
  return scores;
}

OutOfFold score_out_of_fold(const Table& table, const TrainingJob& job, ThreadPool& pool,
                            const ProgressCallback& progress, Index first_part) {
  TrainingJob fold_job = job;
  fold_job.diagnose = false;
  fold_job.calibrate_so_far = nullptr;
  fold_job.spec.ensemble = members_of_a_fold(job.spec);
  const std::vector<Index> rows = all_rows(table.rows());
  const auto folds = deal_folds(rows, std::min<Index>(kFolds, table.rows()), job.spec.seed);
  OutOfFold result;
  result.scores.resize(rows.size());
  result.fold_of_row.resize(rows.size());
  for (std::size_t k = 0; k < folds.size(); ++k) {
    const std::vector<Index>& held_out = folds[k];
    const RowRoles roles =
        assign_roles(without(rows, held_out), job.spec.validation, 0, 0, job.spec.seed);
    fold_job.part = job.part / fold_part(static_cast<Index>(k));
    const auto fold_progress =
        part_of(progress, first_part + static_cast<Index>(k), first_part + kFolds);
    TrainedModel model = train_model(table, roles, fold_job, pool, fold_progress);
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

}  // namespace hourglass
