#pragma once

#include <algorithm>
#include <vector>

#include "tensor/buffer.h"

namespace hourglass {

/// Memory for what a worker needs while it does one piece of a stage's or a layer's work, and no
/// longer: a run of numbers for each worker, the same for all stages, so that it stays in the
/// core's cache. Aligned to 64 bytes.
template <class T>
class Scratch {
 public:
  explicit Scratch(int workers) : runs_(static_cast<std::size_t>(workers)) {}

  /// Makes room for so many numbers. While no work is under way: what was there is lost.
  void reserve(Index numbers) {
    for (Buffer<T>& run : runs_) {
      if (run.size() < numbers) run = Buffer<T>(numbers);
    }
  }
  T* of(int worker) { return runs_[static_cast<std::size_t>(worker)].data(); }

 private:
  std::vector<Buffer<T>> runs_;
};

}  // namespace hourglass
