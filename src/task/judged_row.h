#pragma once

#include <vector>

#include "task/reconstructed_rows.h"

namespace hourglass {

/// What the members of a model make of a row. Its score is the geometric mean of what they give it
/// (RowScorer), of which a feature has the share that it has of a member's error, on average. One
/// thread's, for a row at a time.
class JudgedRow {
 public:
  explicit JudgedRow(Index features);

  /// `weights`: error_weights() of the model that reconstructed the block.
  void judge(const ReconstructedRows& block, Index r,
             const std::vector<std::vector<double>>& weights);

  /// features: standardised squared errors, which add up to features there × score.
  const std::vector<double>& errors() const { return errors_; }
  /// features: the mean of the reconstructions.
  const std::vector<float>& expected() const { return expected_; }

 private:
  std::vector<double> errors_;
  std::vector<float> expected_;
  std::vector<double> error_;  // of one member
  std::vector<float> reconstruction_;
};

}  // namespace hourglass
