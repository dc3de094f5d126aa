#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "data/corruption_kinds.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// Where a sample stands among those it is drawn with. Its random numbers are a function of the
/// seed, of this, and of each feature's position: not of threads, nor of how rows are cut.
struct SamplePlace {
  Index epoch = 0;     ///< from 1; 0 for samples corrupted alike every time (validation)
  Index position = 0;  ///< among the epoch's samples in the order in which they are visited
};

/// Applies a list of corruptions, one after the other, to samples. May be used from several threads
/// at once.
class Corruptor {
 public:
  /// Does nothing.
  Corruptor() = default;
  /// `recording` may be null where no corruption needs it; it has at least as many numbers as a
  /// sample has features.
  Corruptor(std::vector<CorruptionSpec> list, const Encoding& encoding, std::uint64_t seed,
            std::shared_ptr<const Recording> recording, bool holes_alone = false);

  bool empty() const { return list_.empty(); }
  /// Only what is cut out of a sample counts in its loss.
  bool holes_alone() const { return holes_alone_; }
  /// Floats that a call needs room for.
  Index room() const;

  /// In place. values: features; room: room().
  void corrupt(float* values, const SamplePlace& place, float* room) const;
  /// features, of the room of the last call: 1 where something was cut out, else 0.
  float* holes_in(float* room) const { return room + 2 * features_->count; }

 private:
  std::vector<CorruptionSpec> list_;
  std::shared_ptr<const CorruptibleFeatures> features_;
  std::shared_ptr<const Recording> recording_;
  bool holes_alone_ = false;
  std::array<std::uint32_t, 2> key_{};
};

/// Corrupts blocks of rows on the threads of a pool. Keeps references to both. Allocates when made
/// and no more.
class BlockCorruptor {
 public:
  BlockCorruptor(const Corruptor& corruptor, Index features, ThreadPool& pool);

  /// The first `clean.rows` rows of `corrupted` become corrupted copies, the first row standing at
  /// `first` and the others after it. What no hole was cut into becomes 0 in `mask`, where one is
  /// given.
  void corrupt(MatrixView<const float> clean, MatrixView<float> corrupted, const SamplePlace& first,
               MatrixView<float> mask = {});
  void corrupt(Panels<const float> clean, Panels<float> corrupted, const SamplePlace& first,
               Panels<float> mask = {});
  /// The same for some of the rows, on behalf of one worker of the pool.
  void corrupt(Panels<const float> clean, Panels<float> corrupted, const SamplePlace& first,
               Panels<float> mask, Range rows, int worker);

 private:
  void corrupt_row(Panels<const float> clean, Panels<float> corrupted, const SamplePlace& first,
                   Panels<float> mask, Index row, float* room) const;
  void keep_holes(float* mask, float* room) const;
  void for_each_row(Index rows, const std::function<void(Index row, float* room)>& work);

  const Corruptor& corruptor_;
  const Index features_;
  ThreadPool& pool_;
  std::vector<Buffer<float>> rooms_;  // one a worker
};

}  // namespace hourglass
