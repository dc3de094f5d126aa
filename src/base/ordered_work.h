#pragma once

#include <functional>

#include "base/thread_pool.h"

namespace hourglass {

/// Work that comes in pieces whose order matters at both ends: they are taken one after another,
/// worked on by several threads at once, and handed on in the order they were taken. What a piece
/// is lies with the caller, who keeps one for each of places_for(pool) places; a place is free
/// again once its piece was handed on, which is what bounds the memory.
struct OrderedWork {
  /// Puts the next piece into a place; false if there is none. One call at a time.
  std::function<bool(int place)> take;
  std::function<void(int place, int worker)> work;
  /// One call at a time, on whichever thread; may be empty.
  std::function<void(int place)> hand_on = {};
  /// Called now and then on the thread that called run_in_order(); may be empty.
  std::function<void()> tell = {};
};

int places_for(const ThreadPool& pool);

/// Returns once every piece was handed on. An error thrown by any of the three stops the rest and
/// is thrown again here: that of the earliest piece, whatever the number of threads.
void run_in_order(ThreadPool& pool, const OrderedWork& work);

}  // namespace hourglass
