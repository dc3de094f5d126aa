#pragma once

#include <cstdint>
#include <vector>

#include "data/samples.h"
#include "tensor/panels.h"

namespace hourglass {

/// The batches that BatchSequence makes of samples in memory, each gathered when it is asked for,
/// by the thread that asks: for one of many trainings that run side by side, where a second thread
/// each would only take their processors away. Several may read the same samples at once.
class ShuffledGather {
 public:
  /// `samples` must be in memory and outlive it.
  ShuffledGather(const Samples& samples, Index batch_size, std::uint64_t seed);

  void start_epoch(Index epoch);
  /// As BatchSequence::next_into(); `mask` is empty where the samples have none.
  void next_into(Panels<float> input, Panels<float> mask, Index* rows);
  Index batches_per_epoch() const;

 private:
  const Samples& samples_;
  const Index batch_size_;
  const std::uint64_t seed_;
  std::vector<Index> order_;  // of the epoch
  Index position_ = 0;
};

}  // namespace hourglass
