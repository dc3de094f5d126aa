#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "model/checkpoint.h"
#include "train/run_part.h"

namespace hourglass {

/// Where a fit() gets its state from and gives it to, if it is part of a run. For the thread of
/// that fit alone.
class FitKeeper {
 public:
  explicit FitKeeper(const RunPart& part);
  ~FitKeeper();
  FitKeeper(const FitKeeper&) = delete;
  FitKeeper& operator=(const FitKeeper&) = delete;

  /// What was kept of this part before it was interrupted, if anything was. To be asked once.
  std::optional<FitState> take_before() { return std::exchange(before_, std::nullopt); }

  /// Whether a checkpoint is to be written, for which keep() would be called now. Quick.
  bool due() const;
  /// Takes the state, which `state` puts together where there is a run, and if one is due has a
  /// checkpoint written as soon as all other fits have given theirs.
  /// Throws as writing does.
  void keep(const std::function<FitState()>& state);
  void epoch_ended(const EpochRecord& record);

 private:
  const RunPart part_;
  std::optional<FitState> before_;
  Index epochs_ = 0;    // since the state was last kept
  Index kept_at_ = -1;  // RunFolder::checkpoints_ when that was
  std::chrono::steady_clock::time_point epoch_start_ = std::chrono::steady_clock::now();
};

}  // namespace hourglass
