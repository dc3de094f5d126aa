#pragma once

#include <functional>
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

  Index members() const { return static_cast<Index>(members_.size()); }
  /// The caller cuts up the work, as in Inference: blocks of at most block_rows() samples.
  Index block_rows() const;
  /// The mean of the members' reconstructions, n × features → n × features, and one member's.
  Panels<const float> reconstruct(Panels<const float> samples, int worker);
  Panels<const float> reconstruct_by(Index member, Panels<const float> samples, int worker,
                                     const std::function<void(Panels<const float>)>& at_code = {});

 private:
  std::vector<std::unique_ptr<Inference<float>>> members_;
  std::vector<PanelMatrix<float>> means_;  ///< a block for each worker, once it has had one
};

}  // namespace hourglass
