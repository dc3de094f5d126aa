#include "base/ordered_work.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <vector>

namespace hourglass {
namespace {

// Enough that a thread which is held up keeps the others waiting only after a while.
constexpr int kPlacesPerThread = 4;

class OrderedRun {
 public:
  OrderedRun(const OrderedWork& work, int places)
      : work_(work), places_(static_cast<std::size_t>(places)) {}

  void run_worker(int worker) {
    std::unique_lock lock(mutex_);
    while (take(lock)) {
      const Index piece = taken_ - 1;
      Place& place = at(piece);
      lock.unlock();
      try {
        if (!place.error) work_.work(place_of(piece), worker);
      } catch (...) {
        place.error = std::current_exception();
      }
      lock.lock();
      place.done = true;
      if (!handing_on_) hand_on_what_is_done(lock);
      if (worker == 0 && work_.tell && !error_) {
        lock.unlock();
        work_.tell();
        lock.lock();
      }
    }
  }

  void throw_error() const {
    if (error_) std::rethrow_exception(error_);
  }
  /// For an error that concerns no piece.
  void stop() {
    const std::lock_guard lock(mutex_);
    at_end_ = true;
    room_.notify_all();
  }

 private:
  struct Place {
    bool done = false;
    std::exception_ptr error;
  };
  int place_of(Index piece) const { return static_cast<int>(piece % std::ssize(places_)); }
  Place& at(Index piece) { return places_[static_cast<std::size_t>(place_of(piece))]; }

  // Waits for a place and fills it; false once there is nothing more to take.
  bool take(std::unique_lock<std::mutex>& lock) {
    room_.wait(lock, [&] { return at_end_ || taken_ - handed_on_ < std::ssize(places_); });
    if (at_end_) return false;
    Place& place = at(taken_);
    place = {};
    try {
      at_end_ = !work_.take(place_of(taken_));
      if (at_end_) {
        room_.notify_all();
        return false;
      }
    } catch (...) {
      place.error = std::current_exception();
      at_end_ = true;
      room_.notify_all();
    }
    ++taken_;
    return true;
  }

  // Whoever finishes the piece that is next in line hands it on, and those behind it that are done.
  void hand_on_what_is_done(std::unique_lock<std::mutex>& lock) {
    handing_on_ = true;
    while (!error_ && handed_on_ < taken_ && at(handed_on_).done) {
      Place& place = at(handed_on_);
      lock.unlock();
      try {
        if (!place.error && work_.hand_on) work_.hand_on(place_of(handed_on_));
      } catch (...) {
        place.error = std::current_exception();
      }
      lock.lock();
      error_ = place.error;
      if (error_) at_end_ = true;
      ++handed_on_;
      room_.notify_all();
    }
    handing_on_ = false;
  }

  const OrderedWork& work_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Place> places_;
  Index taken_ = 0;      // pieces
  Index handed_on_ = 0;  // pieces
  bool handing_on_ = false;
  bool at_end_ = false;
  std::exception_ptr error_;
};

}  // namespace

int places_for(const ThreadPool& pool) { return kPlacesPerThread * pool.size(); }

void run_in_order(ThreadPool& pool, const OrderedWork& work) {
  OrderedRun run(work, places_for(pool));
  pool.run([&](int worker) {
    try {
      run.run_worker(worker);
    } catch (...) {
      run.stop();
      throw;
    }
  });
  run.throw_error();
}

}  // namespace hourglass
