#pragma once

#include <cstdint>
#include <memory>

#include "data/samples.h"

namespace hourglass {

/// Hands out an epoch's samples in their shuffled order, one stretch after the other.
class EpochOrder {
 public:
  virtual ~EpochOrder() = default;
  virtual void start(Index epoch) = 0;
  /// The next `count` samples, row-major, each of them once an epoch; `mask` may be null.
  virtual void take(Index count, float* features, float* mask) = 0;
};

/// A full shuffle for samples in memory, mixed blocks for samples on disk.
std::unique_ptr<EpochOrder> make_epoch_order(const Samples& samples, std::uint64_t seed);

}  // namespace hourglass
