#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/file_rows.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "task/column_counter.h"
#include "train/train_model.h"

namespace hourglass {

/// The anomaly score of a row: the mean over its features that are there of (x − x̂)² / s², x and
/// its reconstruction x̂ in scaled units, s (calibration.feature_scale) such that a typical (median)
/// row that was not learned from scores 1. Where codes are kept, the geometric mean of that and of
/// the squared distance from the row's code to the nearest of them. Of an ensemble the geometric
/// mean over its members, so that none outshouts the others by its sheer size. Until there are
/// scales they are taken as 1.
/// Finite for any finite input (capped). `counts` (may be null) receives what the columns of the
/// rows held.
std::vector<double> score_rows(const TrainedModel& model, FileRows& file, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts = nullptr);
/// Of rows of a table, those listed or all (null).
std::vector<double> score_rows(const TrainedModel& model, const Table& table,
                               const std::vector<Index>* rows, ThreadPool& pool,
                               const ProgressCallback& progress,
                               std::vector<ColumnCounts>* counts = nullptr);

}  // namespace hourglass
