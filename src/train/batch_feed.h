#pragma once

#include <optional>

#include "data/batches.h"
#include "data/corruptor.h"
#include "data/shuffled_gather.h"
#include "network/training_plan.h"

namespace hourglass {

/// Puts one batch after the other into a plan: the samples as both input and target or, where they
/// are corrupted, the corrupted ones as input and the clean ones as target. Samples in memory are
/// gathered and corrupted by the threads that go on with them, as part of the plan's step; of
/// others a thread reads ahead.
class BatchFeed {
 public:
  /// Keeps references to all but `seed`.
  BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size, std::uint64_t seed,
            const Corruptor& corruptor, ThreadPool& pool);
  ~BatchFeed();
  BatchFeed(const BatchFeed&) = delete;
  BatchFeed& operator=(const BatchFeed&) = delete;

  Index batches_per_epoch() const {
    return gathered_ ? gathered_->batches_per_epoch() : read_ahead_->batches_per_epoch();
  }
  void start_epoch(Index epoch);
  /// Rows of the batch that the plan's next step is to take; 0 at the end of the epoch.
  Index next();
  /// Goes past so many batches of the epoch as if next() had given them.
  void skip(Index batches);

 private:
  void fill(Range rows, int worker);

  TrainingPlan<float>& plan_;
  std::optional<ShuffledGather> gathered_;  // one of the two
  std::optional<BatchSequence> read_ahead_;
  std::optional<BlockCorruptor> corruption_;
  Panels<float> clean_, mask_;
  SamplePlace place_;  // of the batch's first sample
  Index rows_ = 0;     // of the batch
};

}  // namespace hourglass
