#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/index.h"
#include "hourglass/progress.h"

namespace hourglass {

/// What several trainings tell of themselves from threads of their own, told on as one by the
/// thread that made this, and by it alone. Also how all of them are stopped when one fails.
class MembersProgress {
 public:
  /// Keeps a reference. `progress` may be empty.
  MembersProgress(const ProgressCallback& progress, Index members);

  /// What a member's training reports to, on whichever thread. Throws Stopped after stop().
  ProgressCallback of_member(Index member);
  void finished(Index member);

  void stop() { stopped_ = true; }
  bool is_stopped() const { return stopped_; }
  /// No error of its own: another member's training has failed.
  struct Stopped {};

 private:
  using Clock = std::chrono::steady_clock;
  struct State {
    Progress last;
    bool begun = false;
    bool running = false;
  };
  void report(Index member, const Progress& moment);
  Progress together() const;

  const ProgressCallback& progress_;
  const std::thread::id caller_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point told_{};
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;
  std::vector<State> members_;
};

}  // namespace hourglass
