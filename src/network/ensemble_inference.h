#pragma once

#include <memory>
#include <vector>

#include "network/inference.h"

namespace hourglass {

/// The networks of a model, at least one; of an ensemble the members in their order. All take in
/// the same features and give as many outputs.
using Networks = std::vector<std::shared_ptr<const Network<float>>>;

/// Runs all networks of a model over the same samples. What it gives has the properties that
/// Inference has.
class EnsembleInference {
 public:
  /// Keeps references to the networks and the pool.
  EnsembleInference(const Networks& networks, const StepSpec& trained_with, ThreadPool& pool);

  /// The mean of the members' reconstructions, n × features → n × features.
  void reconstruct(MatrixView<const float> samples, MatrixView<float> reconstructions);

  /// For work that the caller cuts up, as Inference has it: the mean, and what one member gives.
  Index block_rows() const;
  Index members() const { return static_cast<Index>(members_.size()); }
  Panels<const float> reconstruct(Panels<const float> samples, int worker);
  Panels<const float> reconstruct_by(Index member, Panels<const float> samples, int worker);

 private:
  std::vector<std::unique_ptr<Inference<float>>> members_;
  Matrix<float> one_;                      ///< what one member gives
  std::vector<PanelMatrix<float>> means_;  ///< a block for each worker, once it has had one
};

/// Adds up what the members of an ensemble give, in their order, to its mean.
class MemberMean {
 public:
  /// `sum` becomes the mean of `members` matrices like it.
  MemberMean(MatrixView<float> sum, Index members) : sum_(sum), members_(members) {}

  void add(const float* values);

 private:
  MatrixView<float> sum_;
  const Index members_;
  Index added_ = 0;
};

}  // namespace hourglass
