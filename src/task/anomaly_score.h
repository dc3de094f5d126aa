#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/file_rows.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "task/column_counter.h"
#include "train/train_model.h"

namespace hourglass {

/// Root-mean-square residual of each feature over the given rows by each member, members × features
/// in scaled units, none below a tenth of the mean over features: a feature the model happens to
/// get almost exactly right would otherwise outshout all others.
std::vector<double> learn_feature_scale(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool);

/// The anomaly score of a row: the mean over its features that are there of (x − x̂)² / s², x̂ its
/// reconstruction and s from calibration.feature_scale, which is such that a typical (median) row
/// that was not learned from scores 1; of an ensemble the mean over its members. Finite for any
/// finite input (capped). `counts` (may be null) receives what the columns of the rows held.
std::vector<double> score_rows(const TrainedModel& model, FileRows& file, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts = nullptr);
/// Of rows of a table, those listed or all (null).
std::vector<double> score_rows(const TrainedModel& model, const Table& table,
                               const std::vector<Index>* rows, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts = nullptr);

}  // namespace hourglass
