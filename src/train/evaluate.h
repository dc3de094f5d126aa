#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/corruptor.h"
#include "data/samples.h"
#include "network/ensemble_inference.h"
#include "network/network.h"
#include "network/network_spec.h"

namespace hourglass {

/// How far a network's reconstructions are from samples it is given, in the scaled units it works
/// in.
struct Evaluation {
  double loss = 0;                       ///< the training loss, mean over elements that are there
  double mean_squared_error = 0;         ///< mean over the same elements
  std::vector<double> feature_error;     ///< features: mean squared error of each
  std::vector<double> feature_variance;  ///< features: variance of each over these samples
};

/// Runs the network over all samples as they are shown, or over copies of those that `corruptor`
/// (may be null) makes, the same at every call, and measures how far it is from the clean ones.
/// Sums in float64 in row order: equal for any number of threads.
Evaluation evaluate(const Network<float>& network, const StepSpec& step, const Samples& samples,
                    const Corruptor* corruptor, ThreadPool& pool);

/// The same of an ensemble: the mean of its members' losses, and the errors of the mean of their
/// reconstructions.
Evaluation evaluate(const Networks& networks, const StepSpec& step, const Samples& samples,
                    ThreadPool& pool);

/// Calls visit(samples, mask, count, begin) for consecutive blocks of rows, row-major. `mask` is
/// null without one.
void for_each_block(const Samples& samples,
                    const std::function<void(const float* block, const float* mask, Index count,
                                             Index begin)>& visit);

/// What a network is to see of blocks of samples, one after another: what Samples::show() said.
class ShownBlocks {
 public:
  /// Keeps a reference.
  explicit ShownBlocks(const Samples& samples);
  /// `block`: as for_each_block() gives it.
  const float* of(const float* block, Index count, Index begin);

 private:
  const Samples& samples_;
  std::vector<float> numbers_;
};

/// Rows in each block: enough to keep the threads busy, few enough to bound memory for wide data.
Index evaluation_block_rows(Index features);

}  // namespace hourglass
