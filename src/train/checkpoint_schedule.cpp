#include "train/checkpoint_schedule.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr double kUsualSeconds = 60;
constexpr double kLargestShare = 0.02;  // of the time, spent on checkpoints
constexpr Index kMost = 1'000'000'000;

// 0 if `text` is no whole number from 1 on.
Index positive_number(const std::string& text) {
  Index number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end && number >= 1 && number <= kMost ? number : 0;
}

}  // namespace

CheckpointSchedule::CheckpointSchedule(const std::string& every) {
  if (every.empty()) {
    seconds_ = kUsualSeconds;
    bounds_cost_ = true;
  } else if (every.ends_with('s')) {
    seconds_ = static_cast<double>(positive_number(every.substr(0, every.size() - 1)));
  } else {
    epochs_ = positive_number(every);
  }
  if (epochs_ == 0 && seconds_ == 0) {
    usage_error(
        fmt::format("checkpoint_every = '{}' is no time between checkpoints: give epochs (5) or "
                    "seconds (60s)",
                    every));
  }
  wait(seconds_);
}

bool CheckpointSchedule::due(Index epochs) const {
  if (in_epochs()) return epochs >= epochs_;
  return Clock::now().time_since_epoch().count() >= next_.load(std::memory_order_relaxed);
}

void CheckpointSchedule::written(double cost) {
  wait(bounds_cost_ ? std::max(seconds_, cost / kLargestShare) : seconds_);
}

void CheckpointSchedule::wait(double seconds) {
  const auto pause =
      std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  next_ = (Clock::now() + pause).time_since_epoch().count();
}

}  // namespace hourglass
