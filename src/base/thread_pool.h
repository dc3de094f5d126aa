#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// A fixed set of threads that wait for work, spinning briefly before they sleep, so that starting
/// a parallel section costs about a microsecond while a training loop runs and nothing between
/// runs. A section has a part for each thread, worker 0 being the caller; a thread done with its
/// own takes one whose thread has not come yet, so that where other programs keep the processors
/// busy nobody waits for a thread that does not run. One parallel section at a time; not to be
/// entered from inside one.
class ThreadPool {
 public:
  /// `threads` ≥ 1, or 0 for as many as this process may run on; fewer where the system gives no
  /// more.
  explicit ThreadPool(int threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return static_cast<int>(workers_.size()) + 1; }

  /// Calls work(part) once for each part, 0 … size() − 1, on whichever threads are free, and
  /// returns when all have returned. The first exception thrown by any of them is thrown again
  /// here.
  void run(const std::function<void(int)>& work);

  /// Calls work(i) for i in 0 … count − 1, each once, on whichever thread is free.
  void for_each(Index count, const std::function<void(Index)>& work);

 private:
  /// The last section in which a part was taken: who comes late for that one finds no part left,
  /// and cannot take one of the next. A cache line each.
  struct alignas(64) Part {
    std::atomic<std::uint64_t> section{0};
  };

  void worker_loop(int worker);
  void take_parts(int worker, std::uint64_t section);
  void call(int part) noexcept;

  std::vector<std::thread> workers_;
  std::vector<Part> parts_;
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<std::uint64_t> section_{0};
  std::atomic<int> unfinished_{0};
  std::atomic<int> sleeping_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::mutex error_mutex_;
  std::exception_ptr error_;
};

/// How many of the threads asked for (0: all there are) are worth waking to run a model over so
/// many rows.
int threads_worth_waking(Index rows, int asked);

/// The processors this process may run on (its affinity mask), at least 1.
int available_processors();

/// The part of 0 … count − 1 that worker `part` of `parts` takes; every boundary a multiple of
/// `step`.
Range share_of(Index count, int part, int parts, Index step = 1);

}  // namespace hourglass
