#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "base/index.h"

namespace hourglass {

/// When a training is to write its next checkpoint: every so many epochs, or seconds. May be asked
/// from several threads at once.
class CheckpointSchedule {
 public:
  /// "5": epochs; "90s": seconds; "": every minute, and more seldom where checkpoints would
  /// otherwise take more than 2 % of the time. Throws ErrorKind::kUsage for anything else.
  explicit CheckpointSchedule(const std::string& every);

  /// Whether a fit that has gone through so many epochs since its state was last kept is to give it
  /// now.
  bool due(Index epochs) const;
  bool in_epochs() const { return epochs_ > 0; }
  /// Tells that a checkpoint has just been written, and how many seconds that took from training.
  void written(double cost);

 private:
  using Clock = std::chrono::steady_clock;
  void wait(double seconds);

  Index epochs_ = 0;  ///< 0: it goes by seconds
  double seconds_ = 0;
  bool bounds_cost_ = false;
  std::atomic<Clock::rep> next_{0};
};

}  // namespace hourglass
