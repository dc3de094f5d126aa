#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/encoded_rows.h"
#include "network/ensemble_inference.h"
#include "train/train_model.h"

namespace hourglass {

/// The logarithm of an error or of a squared distance, one below 1e-12 counting as that: of a row
/// that one member reconstructs exactly the others still have a say.
double log_of(double error);

/// Scores blocks of rows that are encoded already. Called by the pool's workers at the same time.
class RowScorer {
 public:
  /// Keeps references to the model's networks.
  RowScorer(const TrainedModel& model, ThreadPool& pool);

  Index block_rows() const { return inference_.block_rows(); }
  /// scores: one for each row of a block of at most block_rows(), the geometric mean of what the
  /// members give it: an error each and, where they keep reference codes, the squared distance of
  /// the row's code to the nearest of them.
  void score(const EncodedRows& block, double* scores);

 private:
  // What a member gives each row of the block; `distances` null where no codes are kept.
  void judge_by(Index member, const EncodedRows& block, double* errors, double* distances);

  EnsembleInference inference_;
  ReferencePoints reference_codes_;
  Index features_;
  std::vector<std::vector<double>> weights_;  // members × padded_cols(features)
  std::vector<PanelMatrix<float>> there_;     // a block for each worker, once it has missing cells
};

/// What is to be shown a member's codes (Inference::reconstruct()) to put into `distances`, which
/// must outlive it, the squared distance of each to the nearest of those that the member keeps,
/// capped so that it stays finite. Empty where none are kept.
std::function<void(Panels<const float>)> distance_taker(const ReferencePoints& reference_codes,
                                                        Index member, double* distances);

/// How many features of a block's row `r` are there.
double features_there(const EncodedRows& block, Index r);

/// The standardised squared errors of a block's row `r`, one a feature: (x − x̂)² · weight, 0 where
/// the cell is missing, capped so that they stay finite. `weights`: error_weights().
void standardised_errors(const EncodedRows& block, Panels<const float> reconstructions, Index r,
                         const std::vector<double>& weights, double* errors);

/// 1 / scale² of each feature by each member; zeros up to the padded number of features.
std::vector<std::vector<double>> error_weights(const TrainedModel& model);

}  // namespace hourglass
