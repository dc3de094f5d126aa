#include "train/fit.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "base/stopwatch.h"
#include "network/training_plan.h"
#include "train/batch_feed.h"
#include "train/early_stopping.h"
#include "train/evaluate.h"
#include "train/fit_keeper.h"
#include "train/fit_reporter.h"
#include "train/held_out_penalty.h"
#include "train/schedule.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What a fit came to, besides history and parameters.
void go_through(FitResult& result, StateNumbers& state) {
  state.number("best_epoch", result.best_epoch);
  state.number("stopped_early", result.stopped_early);
  state.number("seconds", result.seconds);
  state.number("samples", result.samples);
}

double rate_of(const FitResult& result) {
  return result.seconds > 0 ? static_cast<double>(result.samples) / result.seconds : 0;
}

// The epoch in progress.
struct EpochSums {
  double loss = 0;
  double penalty = 0;
  Index rows = 0;
  double learning_rate = 0;  // of the last step

  void go_through(StateNumbers& state) {
    state.number("epoch_loss", loss);
    state.number("epoch_penalty", penalty);
    state.number("epoch_rows", rows);
    state.number("learning_rate", learning_rate);
  }
};

// A fit in progress.
class Fitting {
 public:
  Fitting(Network<float>& network, const ModelSpec& spec, const Samples& training,
          const Samples* validation, const Corruptor& corruptor, ThreadPool& pool,
          const ProgressCallback& progress, FitKeeper& keeper)
      : network_(network),
        spec_(spec),
        validation_(validation != nullptr && validation->rows() > 0 ? validation : nullptr),
        corruptor_(corruptor),
        pool_(pool),
        keeper_(keeper),
        plan_(network, spec.step, spec.batch_size, pool),
        batches_(plan_, training, spec.batch_size, spec.seed, corruptor, pool),
        all_steps_(total_steps(spec, batches_.batches_per_epoch())),
        rate_(spec, batches_.batches_per_epoch()),
        reporter_(progress, spec.epochs, all_steps_),
        stopping_(spec, network) {
    if (validation_ != nullptr) penalty_.emplace(plan_, spec, *validation_, corruptor, pool);
  }

  // Of the same training; the network has its parameters already.
  void restore(const FitState& state) {
    StateNumbers numbers = StateNumbers::restoring(state.numbers);
    go_through(numbers);
    history_ = state.history;
    const Index whole = steps_of_epochs(std::ssize(history_));
    if (step_ < std::min(whole, all_steps_) || step_ > steps_of_epochs(std::ssize(history_) + 1) ||
        step_ > all_steps_ || stopping_.best_epoch() > std::ssize(history_)) {
      model_error(
          fmt::format("the checkpoint is of step {} in epoch {}, which this training "
                      "does not come to",
                      step_, history_.size() + 1));
    }
    if (stopping_.best_epoch() > 0) stopping_.restore_best(state.best);
    plan_.restore_optimizer(step_, state.optimizer);
    reporter_.resume(step_, samples_);
  }

  FitResult run() {
    try {
      while (in_epoch() || (step_ < all_steps_ && !stopping_.stop())) {
        train_epoch();
        end_epoch();
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) keep();
      throw;
    }
    return finish();
  }

 private:
  Index epoch() const { return std::ssize(history_) + 1; }  // the one in progress
  Index steps_of_epochs(Index epochs) const { return epochs * batches_.batches_per_epoch(); }
  // Whether it has begun.
  bool in_epoch() const { return step_ > steps_of_epochs(std::ssize(history_)); }

  void train_epoch() {
    start_ = Clock::now();
    batches_.start_epoch(epoch());
    if (in_epoch()) batches_.skip(step_ - steps_of_epochs(std::ssize(history_)));
    for (Index rows = batches_.next(); rows > 0 && step_ < all_steps_; rows = batches_.next()) {
      throw_if_interrupted();
      if (keeper_.due()) keep();
      take_step(rows);
    }
    seconds_ = seconds();
    start_.reset();
  }

  void take_step(Index rows) {
    sums_.learning_rate = rate_.at(step_);
    const double loss = plan_.step(rows, sums_.learning_rate, {spec_.seed, epoch(), step_});
    sums_.loss += loss * static_cast<double>(rows);
    sums_.penalty += plan_.penalty() * static_cast<double>(rows);
    sums_.rows += rows;
    samples_ += rows;
    ++step_;
    reporter_.step(epoch(), step_, samples_, sums_.loss / static_cast<double>(sums_.rows));
  }

  void end_epoch() {
    const auto rows = static_cast<double>(sums_.rows);
    EpochRecord record{epoch(), sums_.loss / rows, kNone, sums_.learning_rate, kNone};
    double judged = record.running_loss + sums_.penalty / rows;
    if (validation_ != nullptr) {
      const Evaluation found = evaluate(network_, spec_.step, *validation_, &corruptor_, pool_);
      record.validation_loss = found.loss;
      record.validation_error = found.mean_squared_error;
      judged = found.loss + penalty_->measure();
    }
    history_.push_back(record);
    sums_ = {};
    reporter_.validated(record);
    rate_.epoch_ended(judged);
    if (validation_ != nullptr) stopping_.see(std::ssize(history_), judged, network_);
    keeper_.epoch_ended(history_.back());
  }

  FitResult finish() {
    FitResult result;
    result.best_epoch = std::ssize(history_);
    if (stopping_.best_epoch() > 0) {
      result.best_epoch = stopping_.best_epoch();
      network_.copy_from(stopping_.best());
    }
    result.stopped_early = stopping_.stop();
    result.seconds = seconds_;
    result.samples = samples_;
    result.samples_per_second = rate_of(result);
    result.history = std::move(history_);
    keeper_.keep([&] {
      FitState state{.finished = true, .history = result.history, .network = network_.tensors()};
      StateNumbers numbers = StateNumbers::saving(state.numbers);
      hourglass::go_through(result, numbers);
      return state;
    });
    return result;
  }

  // What is more than history and tensors, listed once for both ways.
  void go_through(StateNumbers& state) {
    state.number("step", step_);
    state.number("samples", samples_);
    state.number("seconds", seconds_);
    sums_.go_through(state);
    rate_.go_through(state);
    stopping_.go_through(state);
  }

  void keep() {
    keeper_.keep([&] {
      seconds_ = seconds();
      if (start_) start_ = Clock::now();
      FitState state{.history = history_,
                     .network = network_.tensors(),
                     .optimizer = plan_.optimizer_tensors()};
      if (stopping_.best_epoch() > 0) state.best = stopping_.best().tensors();
      StateNumbers numbers = StateNumbers::saving(state.numbers);
      go_through(numbers);
      return state;
    });
  }

  // In steps of training.
  double seconds() const { return seconds_ + (start_ ? seconds_since(*start_) : 0); }

  Network<float>& network_;
  const ModelSpec& spec_;
  const Samples* validation_;  // null: none
  const Corruptor& corruptor_;
  ThreadPool& pool_;
  FitKeeper& keeper_;
  TrainingPlan<float> plan_;
  BatchFeed batches_;
  const Index all_steps_;
  LearningRate rate_;
  FitReporter reporter_;
  EarlyStopping stopping_;
  std::optional<HeldOutPenalty> penalty_;

  std::vector<EpochRecord> history_;
  EpochSums sums_;
  Index step_ = 0;     // taken
  Index samples_ = 0;  // seen in them
  double seconds_ = 0;
  std::optional<Clock::time_point> start_;  // of what seconds_ do not hold yet
};

FitResult result_of(const FitState& finished) {
  FitResult result;
  StateNumbers numbers = StateNumbers::restoring(finished.numbers);
  go_through(result, numbers);
  result.samples_per_second = rate_of(result);
  result.history = finished.history;
  if (result.best_epoch < 1 || result.best_epoch > std::ssize(result.history)) {
    model_error(fmt::format("the checkpoint's best epoch is {} of {}", result.best_epoch,
                            result.history.size()));
  }
  return result;
}

}  // namespace

FitResult fit(Network<float>& network, const ModelSpec& spec, const Samples& training,
              const Samples* validation, const Corruptor& corruptor, ThreadPool& pool,
              const ProgressCallback& progress, const RunPart& part) {
  FitKeeper keeper(part);
  const std::optional<FitState> before = keeper.take_before();
  // Before there is a plan, which may hold the parameters in forms of its own.
  if (before) network.set_tensors(before->network);
  if (before && before->finished) return result_of(*before);
  Fitting fitting(network, spec, training, validation, corruptor, pool, progress, keeper);
  if (before) fitting.restore(*before);
  return fitting.run();
}

}  // namespace hourglass
