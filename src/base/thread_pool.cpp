#include "base/thread_pool.h"

#include <algorithm>
#include <exception>
#include <sched.h>
#include <utility>

namespace hourglass {
namespace {

void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// Spinning this long bridges the gap between two steps of training; longer would only burn power.
constexpr int kSpins = 20000;

}  // namespace

int available_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

int threads_worth_waking(Index rows, int asked) {
  // One thread is done with fewer before another has woken.
  constexpr Index kManyRows = 256;
  return rows < kManyRows ? 1 : asked;
}

Range share_of(Index count, int part, int parts, Index step) {
  const Index units = (count + step - 1) / step;
  return {std::min(count, units * part / parts * step),
          std::min(count, units * (part + 1) / parts * step)};
}

ThreadPool::ThreadPool(int threads) {
  const int count = threads > 0 ? threads : available_processors();
  parts_ = std::vector<Part>(static_cast<std::size_t>(count));
  workers_.reserve(static_cast<std::size_t>(count - 1));
  // Results do not depend on how many there are: where the system refuses more, fewer do the work.
  try {
    for (int worker = 1; worker < count; ++worker) {
      workers_.emplace_back([this, worker] { worker_loop(worker); });
    }
  } catch (const std::exception&) {
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    ++section_;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::call(int part) noexcept {
  try {
    (*work_)(part);
  } catch (...) {
    const std::lock_guard lock(error_mutex_);
    if (!error_) error_ = std::current_exception();
  }
  unfinished_.fetch_sub(1, std::memory_order_release);
}

void ThreadPool::take_parts(int worker, std::uint64_t section) {
  for (int i = 0; i < size(); ++i) {
    const int part = (worker + i) % size();
    std::uint64_t before = section - 1;
    if (parts_[static_cast<std::size_t>(part)].section.compare_exchange_strong(before, section)) {
      call(part);
    }
  }
}

void ThreadPool::run(const std::function<void(int)>& work) {
  work_ = &work;
  unfinished_.store(size());
  // The caller's part is taken before others can see that there are any.
  const std::uint64_t section = section_.load() + 1;
  parts_.front().section.store(section);
  section_.store(section);
  if (sleeping_.load() > 0) {
    // Taking the lock closes the window between a worker's last look and its going to sleep.
    { const std::lock_guard lock(mutex_); }
    wake_.notify_all();
  }
  call(0);
  take_parts(0, section);
  // With more threads than processors the one waited for may need this very processor.
  for (int spin = 0; unfinished_.load(std::memory_order_acquire) > 0;
       spin = std::min(spin + 1, kSpins)) {
    if (spin < kSpins) {
      pause_briefly();
    } else {
      std::this_thread::yield();
    }
  }
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void ThreadPool::worker_loop(int worker) {
  std::uint64_t seen = 0;
  for (;;) {
    for (int spin = 0; section_.load() == seen && spin < kSpins; ++spin) pause_briefly();
    if (section_.load() == seen) {
      std::unique_lock lock(mutex_);
      ++sleeping_;
      wake_.wait(lock, [&] { return section_.load() != seen; });
      --sleeping_;
    }
    // In this order, as the destructor writes them in the other: who read the end's number after
    // an older look at stop_ would take the end for work, and then sleep for ever.
    seen = section_.load();
    if (stop_.load()) return;
    take_parts(worker, seen);
  }
}

void ThreadPool::for_each(Index count, const std::function<void(Index)>& work) {
  std::atomic<Index> next{0};
  run([&](int) {
    for (Index i = next.fetch_add(1); i < count; i = next.fetch_add(1)) work(i);
  });
}

}  // namespace hourglass
