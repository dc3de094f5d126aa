#include "train/members_progress.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/interrupt.h"

namespace hourglass {
namespace {

constexpr std::chrono::milliseconds kBetweenReports{100};

// The mean of numbers that may not be known yet; NaN if none is.
class KnownMean {
 public:
  void add(double value) {
    if (std::isnan(value)) return;
    sum_ += value;
    ++count_;
  }
  double value() const {
    return count_ > 0 ? sum_ / count_ : std::numeric_limits<double>::quiet_NaN();
  }

 private:
  double sum_ = 0;
  int count_ = 0;
};

}  // namespace

MembersProgress::MembersProgress(const ProgressCallback& progress, Index members)
    : progress_(progress),
      caller_(std::this_thread::get_id()),
      members_(static_cast<std::size_t>(members)) {}

ProgressCallback MembersProgress::of_member(Index member) {
  return [this, member](const Progress& moment) {
    // Who was asked to stop will see so between two steps, and can be kept as it then stands.
    if (stopped_ && requested_interrupt() == 0) throw Stopped();
    report(member, moment);
  };
}

void MembersProgress::report(Index member, const Progress& moment) {
  Progress told;
  {
    const std::lock_guard lock(mutex_);
    State& state = members_[static_cast<std::size_t>(member)];
    state.last = moment;
    // Pre-training comes before; how much of the whole it is nobody knows.
    if (moment.stage != "training") state.last.fraction = 0;
    state.begun = state.running = true;
    if (!progress_ || std::this_thread::get_id() != caller_) return;
    if (Clock::now() - told_ < kBetweenReports) return;
    told_ = Clock::now();
    told = together();
  }
  progress_(told);
}

void MembersProgress::finished(Index member) {
  const std::lock_guard lock(mutex_);
  State& state = members_[static_cast<std::size_t>(member)];
  state.running = false;
  state.last.fraction = 1;
}

Progress MembersProgress::together() const {
  Progress all;
  all.stage = "training";
  KnownMean loss, validation_loss, validation_error;
  for (const State& member : members_) {
    if (!member.begun) continue;
    all.fraction += member.last.fraction / static_cast<double>(members_.size());
    all.epochs = std::max(all.epochs, member.last.epochs);
    loss.add(member.last.loss);
    validation_loss.add(member.last.validation_loss);
    validation_error.add(member.last.validation_error);
    if (member.running) all.rows_per_second += member.last.rows_per_second;
  }
  all.loss = loss.value();
  all.validation_loss = validation_loss.value();
  all.validation_error = validation_error.value();
  // The epoch that all have reached on average.
  const double epochs = all.fraction * static_cast<double>(all.epochs);
  all.epoch = std::clamp<std::int64_t>(std::llround(std::ceil(epochs)), 1, all.epochs);
  const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
  if (all.fraction > 0) all.seconds_left = seconds / all.fraction - seconds;
  return all;
}

}  // namespace hourglass
