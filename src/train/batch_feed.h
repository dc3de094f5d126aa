#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "data/batches.h"
#include "data/corruptor.h"
#include "data/drawn_samples.h"
#include "data/shuffled_gather.h"
#include "network/training_plan.h"

namespace hourglass {

/// Puts one batch after the other into a plan: the samples as both input and target or, where
/// others are to be seen in their place or they are corrupted, those as input and the clean ones as
/// target. Samples in memory are
/// gathered (those drawn anew are drawn) and corrupted by the threads that go on with them, as part
/// of the plan's step; of others a thread reads ahead.
class BatchFeed {
 public:
  /// Keeps references to all but `seed`.
  BatchFeed(TrainingPlan<float>& plan, const Samples& samples, Index batch_size, std::uint64_t seed,
            const Corruptor& corruptor, ThreadPool& pool);
  ~BatchFeed();
  BatchFeed(const BatchFeed&) = delete;
  BatchFeed& operator=(const BatchFeed&) = delete;

  Index batches_per_epoch() const;
  void start_epoch(Index epoch);
  /// Rows of the batch that the plan's next step is to take; 0 at the end of the epoch.
  Index next();
  /// Goes past so many batches of the epoch as if next() had given them.
  void skip(Index batches);

 private:
  using Source = std::variant<ShuffledGather, DrawnBatches, BatchSequence>;

  static std::unique_ptr<Source> source_of(const Samples& samples, Index batch_size,
                                           std::uint64_t seed, ThreadPool& pool);
  static Index next_of(Source& source, Panels<float> whole, Panels<float> mask);
  static Index skip_in(Source& source);
  static void fill_from(Source& source, Panels<float> to, Panels<float> mask, Range rows,
                        int worker);
  bool is_read_ahead() const { return std::holds_alternative<BatchSequence>(*source_); }
  void fill(Range rows, int worker);
  void count_all(Range rows);

  TrainingPlan<float>& plan_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Source> shown_source_;  // where others are to be seen; goes with source_
  std::optional<BlockCorruptor> corruption_;
  Panels<float> clean_;
  Panels<float> shown_;       // what is corrupted, if anything: the same, or the others
  Panels<float> given_mask_;  // where samples have missing cells
  Panels<float> holes_;       // where only holes count: the same, or one that is all 1 at first
  SamplePlace place_;         // of the batch's first sample
  Index rows_ = 0;            // of the batch
};

}  // namespace hourglass
