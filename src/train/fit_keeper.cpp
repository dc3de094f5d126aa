#include "train/fit_keeper.h"

#include <utility>

#include "train/run_folder.h"

namespace hourglass {

FitKeeper::FitKeeper(const RunPart& part) : part_(part) {
  if (part_.run() == nullptr) return;
  RunFolder& run = *part_.run();
  const std::lock_guard lock(run.mutex_);
  run.running_[part_.name()] = false;
  const auto found = run.states_.find(part_.name());
  if (found != run.states_.end()) before_ = found->second;
}

FitKeeper::~FitKeeper() {
  if (part_.run() != nullptr) part_.run()->leave(part_.name());
}

// Not again while others have yet to give theirs.
bool FitKeeper::due() const {
  const RunFolder* run = part_.run();
  return run != nullptr && run->schedule_.due(epochs_) && kept_at_ != run->checkpoints_;
}

void FitKeeper::keep(const std::function<FitState()>& state) {
  if (part_.run() == nullptr) return;
  const auto start = std::chrono::steady_clock::now();
  RunFolder& run = *part_.run();
  FitState now = state();
  // One that has come to its end has as much to lose as several epochs of a longer one.
  const bool is_due = due() || (now.finished && run.schedule_.in_epochs());
  kept_at_ = run.checkpoints_;
  epochs_ = 0;
  run.keep(part_.name(), std::move(now), is_due, start);
}

void FitKeeper::epoch_ended(const EpochRecord& record) {
  ++epochs_;
  if (part_.run() == nullptr) return;
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> seconds = now - std::exchange(epoch_start_, now);
  RunFolder& run = *part_.run();
  const std::lock_guard lock(run.mutex_);
  run.metrics_->add(part_.name(), record, seconds.count());
}

}  // namespace hourglass
