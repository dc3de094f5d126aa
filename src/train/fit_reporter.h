#pragma once

#include <chrono>

#include "base/index.h"
#include "hourglass/progress.h"
#include "model/fit_state.h"

namespace hourglass {

/// Tells the caller how far a fit is, a few times a second at most.
class FitReporter {
 public:
  /// Keeps a reference. `callback` may be empty.
  FitReporter(const ProgressCallback& callback, Index epochs, Index steps);

  /// So much was done before an interruption, and says nothing of how fast it is now.
  void resume(Index steps_done, Index samples_done);
  void validated(const EpochRecord& record) {
    moment_.validation_loss = record.validation_loss;
    moment_.validation_error = record.validation_error;
  }
  /// After each step; counts are of the whole fit.
  void step(Index epoch, Index steps_done, Index samples_done, double loss);

 private:
  using Clock = std::chrono::steady_clock;

  const ProgressCallback& callback_;
  Index steps_;
  Index steps_before_ = 0;
  Index samples_before_ = 0;
  Progress moment_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_{};
};

}  // namespace hourglass
