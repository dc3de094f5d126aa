#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/encoded_rows.h"
#include "task/row_scorer.h"
#include "train/train_model.h"

namespace hourglass {

/// Encodes and scores samples as they come, few or many at a time, with nothing to set up in
/// between. Used by one thread at a time.
class BlockwiseScorer {
 public:
  /// Keeps references.
  BlockwiseScorer(const TrainedModel& model, ThreadPool& pool);

  /// A number of samples that gives every thread something to do.
  Index samples_at_once() const { return scorer_.block_rows() * pool_.size(); }
  /// raw: count × table columns, with 64 readable bytes behind it; scores: one for each
  /// sample.
  void score(const double* raw, Index count, double* scores);

 private:
  void score_share(Range samples, int worker, const double* raw, double* scores);

  const Encoding& encoding_;
  ThreadPool& pool_;
  RowScorer scorer_;
  std::vector<BlockEncoder> encoders_;  // one a worker
};

}  // namespace hourglass
