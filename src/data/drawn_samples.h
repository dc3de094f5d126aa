#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "tensor/buffer.h"
#include "tensor/panels.h"

namespace hourglass {

/// Samples that every epoch draws anew, such as patches at random places of pictures: a function of
/// the epoch and of each one's position in it, never of threads. Drawing is thread-safe.
class DrawnSamples {
 public:
  virtual ~DrawnSamples() = default;
  virtual Index rows() const = 0;  ///< in an epoch
  virtual Index features() const = 0;
  /// features numbers; `room` has space for as many.
  virtual void draw(Index epoch, Index position, float* sample, float* room) const = 0;
};

/// The batches of drawn samples, drawn by the threads that go on with them.
class DrawnBatches {
 public:
  /// `samples` must outlive it. `workers`: of the pool whose workers will ask.
  DrawnBatches(const DrawnSamples& samples, Index batch_size, int workers);

  void start_epoch(Index epoch);
  /// Goes on to the next batch: its rows, 0 at the end of the epoch.
  Index next();
  /// Some rows of the batch gone on to into those of panels of batch_size rows, on behalf of a
  /// worker.
  void draw(Range rows, Panels<float> input, int worker);
  Index batches_per_epoch() const;

 private:
  const DrawnSamples& samples_;
  const Index batch_size_;
  Index epoch_ = 0;
  Index begin_ = 0, end_ = 0;         // of the batch
  std::vector<Buffer<float>> rooms_;  // one a worker: a sample, and room to draw it
};

}  // namespace hourglass
