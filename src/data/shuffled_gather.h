#pragma once

#include <cstdint>
#include <vector>

#include "data/samples.h"
#include "tensor/panels.h"

namespace hourglass {

/// The batches that BatchSequence makes of samples in memory, gathered row by row when they are
/// asked for, by the threads that ask: a thread of its own would only take their processors away.
/// Several may read the same samples at once.
class ShuffledGather {
 public:
  /// `samples` must be in memory and outlive it.
  ShuffledGather(const Samples& samples, Index batch_size, std::uint64_t seed);

  void start_epoch(Index epoch);
  /// Goes on to the next batch: its rows, 0 at the end of the epoch.
  Index next();
  /// Some rows of the batch gone on to into those of panels of batch_size rows, padding columns
  /// set to zero; `mask` is empty where it is not wanted. From several threads at once.
  void gather(Range rows, Panels<float> input, Panels<float> mask) const;
  Index batches_per_epoch() const;

 private:
  const Samples& samples_;
  const Index batch_size_;
  const std::uint64_t seed_;
  std::vector<Index> order_;   // of the epoch
  Index begin_ = 0, end_ = 0;  // of the batch, in it
};

}  // namespace hourglass
