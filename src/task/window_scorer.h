#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "network/ensemble_inference.h"
#include "task/row_scorer.h"
#include "train/train_model.h"

namespace hourglass {

/// Scores the steps of blocks of windows that are encoded already. Called by the pool's workers at
/// the same time.
class WindowScorer {
 public:
  /// Keeps references to the model's networks.
  WindowScorer(const TrainedModel& model, ThreadPool& pool);

  Index block_rows() const { return inference_.block_rows(); }
  Index window() const { return window_; }
  Index scores_of_sample() const { return window_; }
  /// scores: count × window, one for each step of each window of a block of at most block_rows():
  /// the mean over the step's features that are there of their squared errors, the
  /// mean over members (a geometric one would be ruled by single numbers that happen to be met
  /// exactly).
  void score(const EncodedRows& block, double* scores);

 private:
  EnsembleInference inference_;
  Index features_;
  Index window_;
  std::vector<std::vector<double>> weights_;  // members × padded_cols(features)
};

/// The anomaly score of each step within `part` of a series: the mean of what the windows that
/// cover it give it. The windows are those that lie within `reach`, which holds `part`. NaN for a
/// step that none covers. Memory beside the result does not grow with the number of windows.
std::vector<double> score_steps(const TrainedModel& model, const Table& steps, Range part,
                                Range reach, ThreadPool& pool, const ProgressCallback& progress);

}  // namespace hourglass
