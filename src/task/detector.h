#pragma once

#include "base/thread_pool.h"
#include "data/file_rows.h"
#include "data/table.h"
#include "hourglass/detect.h"
#include "train/train_model.h"

namespace hourglass {

/// Trains one model on a table and calibrates its anomaly scores on rows that neither training nor
/// early stopping used. With `for_detection` the calibration is cross-fitted: of an ensemble of at
/// least five by its own members, each of which does without a fifth of the rows; else, where there
/// are too few rows to set enough aside, by five more models that do.
TrainedModel train_calibrated(const Table& table, const TrainingJob& job, bool for_detection,
                              ThreadPool& pool, const ProgressCallback& progress);

/// Whether a model's calibration rows are its training rows, for want of others: its p-values come
/// out too small on new rows.
bool calibrated_on_training_rows(const SavedModel& saved);

/// p-values, threshold, flags and warnings for scores that the model gave rows it has not seen.
void judge_unseen(DetectionScores& result, const TrainedModel& model, const DetectOptions& options,
                  ThreadPool& pool);

/// The same of rows each of which was scored by a model that had not seen it, by their place among
/// all of them.
void judge_among_themselves(DetectionScores& result, const DetectOptions& options,
                            ThreadPool& pool);

/// Scores a table with a calibrated model.
DetectionScores detect_with(const TrainedModel& model, const Table& table,
                            const DetectOptions& options, ThreadPool& pool,
                            const ProgressCallback& progress);

/// The same of a file, gone through once. Nothing can be explained afterwards: options.explain is
/// 0.
DetectionScores detect_in_file(const TrainedModel& model, FileRows& file,
                               const DetectOptions& options, ThreadPool& pool,
                               const ProgressCallback& progress);

/// Each fifth of the table is scored by a model trained on the rest; a row's p-value is its place
/// among the scores of all rows.
DetectionScores detect_out_of_fold(const Table& table, const TrainingJob& job,
                                   const DetectOptions& options, ThreadPool& pool,
                                   const ProgressCallback& progress);

}  // namespace hourglass
