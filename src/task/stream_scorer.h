#pragma once

#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "data/encoded_rows.h"
#include "task/row_scorer.h"
#include "train/train_model.h"

namespace hourglass {

/// Scores rows as they come, few or many at a time, with nothing to set up in between. A row's
/// score is that of score_rows(), to the bit. Used by one thread at a time.
class StreamScorer {
 public:
  /// Keeps references.
  StreamScorer(const TrainedModel& model, ThreadPool& pool);

  /// raw: count × table columns, with 64 readable bytes behind it; scores: one a row.
  void score(const double* raw, Index count, double* scores);

 private:
  void score_blocks(Range blocks, int worker, const double* raw, Index count, double* scores);

  const Encoding& encoding_;
  ThreadPool& pool_;
  RowScorer scorer_;
  std::vector<BlockEncoder> encoders_;  // one a worker
};

}  // namespace hourglass
