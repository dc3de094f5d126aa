#pragma once

#include <cstdint>
#include <memory>

#include "data/samples.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// The order in which an epoch visits samples. In memory: a full shuffle. On disk: blocks of
/// consecutive rows in shuffled order, several mixed at a time and shuffled together, so that the
/// disk is read in long runs and memory stays bounded. A function of (seed, epoch) and the samples
/// alone, never of threads or timing. One background thread reads ahead, several batches at a time.
/// To be used from one thread at a time; `samples` must outlive it.
class BatchSequence {
 public:
  BatchSequence(const Samples& samples, Index batch_size, std::uint64_t seed);
  ~BatchSequence();
  BatchSequence(const BatchSequence&) = delete;
  BatchSequence& operator=(const BatchSequence&) = delete;

  /// Begins an epoch, also in the midst of another.
  void start_epoch(Index epoch);

  /// The next batch, row-major, at most batch_size rows; an empty view at the end of the epoch and
  /// before the first. Valid until the next call. Throws what reading the samples threw.
  MatrixView<const float> next();
  /// The mask that belongs to it, valid as long; empty if the samples have none.
  MatrixView<const float> mask() const;

  /// The next batch straight into panels of at least batch_size rows and features columns, and its
  /// mask into `mask` unless that is empty (ones if the samples have none). `rows` becomes the
  /// batch's number of rows, 0 at the end of the epoch; rows past it are left as they were. Padding
  /// columns are set to zero. Batches are those next() gives: each call of either takes one.
  void next_into(Panels<float> input, Panels<float> mask, Index* rows);

  Index batches_per_epoch() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
