#pragma once

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "train/train_model.h"

namespace hourglass {

/// Parts that rows are dealt into, each to be scored by what has not learned from it.
inline constexpr Index kFolds = 5;

/// Whether an ensemble's own members can cross-fit its scores: for each fold there is a member that
/// does without (RowRoles::folds), and rows enough that it has something to learn from.
bool members_cross_fit(const ModelSpec& spec, Index rows);

/// Scores of rows that were learned from, each by members that did without: one list a fold, in the
/// order of its rows. `model` was trained with these folds, or with ones that hold them.
std::vector<std::vector<double>> score_folds_by_members(
    const TrainedModel& model, const Table& table, const std::vector<std::vector<Index>>& folds,
    ThreadPool& pool);

/// Scores of all rows of a table, each by a model that never saw it.
struct OutOfFold {
  std::vector<double> scores;
  std::vector<TrainedModel> models;  ///< one a fold
  std::vector<std::uint8_t> fold_of_row;
  double train_seconds = 0;
};

/// Trains a model without each fold in turn, its columns' scales included; of an ensemble each has
/// its share of the members, at least one. `progress` shows them as parts `first_part`,
/// `first_part` + 1, … of a bar that has kFolds more.
OutOfFold score_out_of_fold(const Table& table, const TrainingJob& job, ThreadPool& pool,
                            const ProgressCallback& progress, Index first_part);

}  // namespace hourglass
