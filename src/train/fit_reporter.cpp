#include "train/fit_reporter.h"

#include <limits>

namespace hourglass {
namespace {

constexpr std::chrono::milliseconds kBetweenReports{100};
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

FitReporter::FitReporter(const ProgressCallback& callback, Index epochs, Index steps)
    : callback_(callback), steps_(steps) {
  moment_.stage = "training";
  moment_.epochs = epochs;
  moment_.loss = kNone;
  moment_.validation_loss = moment_.validation_error = kNone;
}

void FitReporter::resume(Index steps_done, Index samples_done) {
  steps_before_ = steps_done;
  samples_before_ = samples_done;
}

void FitReporter::step(Index epoch, Index steps_done, Index samples_done, double loss) {
  if (!callback_) return;
  const auto now = Clock::now();
  if (now - last_ < kBetweenReports && steps_done < steps_) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  moment_.epoch = epoch;
  moment_.loss = loss;
  moment_.fraction = static_cast<double>(steps_done) / static_cast<double>(steps_);
  moment_.rows_per_second = static_cast<double>(samples_done - samples_before_) / seconds;
  moment_.seconds_left = seconds / static_cast<double>(steps_done - steps_before_) *
                         static_cast<double>(steps_ - steps_done);
  callback_(moment_);
}

}  // namespace hourglass
