#include "train/fit.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "base/interrupt.h"
#include "network/training_plan.h"
#include "train/batch_feed.h"
#include "train/evaluate.h"
#include "train/held_out_penalty.h"
#include "train/schedule.h"

namespace hourglass {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Tells the caller how far training is, a few times a second at most.
class Reporter {
 public:
  Reporter(const ProgressCallback& callback, const ModelSpec& spec, Index steps_per_epoch)
      : callback_(callback), total_steps_(total_steps(spec, steps_per_epoch)) {
    moment_.stage = "training";
    moment_.epochs = spec.epochs;
    moment_.loss = kNone;
    moment_.validation_loss = kNone;
  }

  void validated(double loss) { moment_.validation_loss = loss; }

  void step(Index epoch, Index steps_done, Index samples_done, double loss) {
    if (!callback_ || (seconds_since(last_) < 0.1 && steps_done < total_steps_)) return;
    last_ = Clock::now();
    const double seconds = seconds_since(start_);
    moment_.epoch = epoch;
    moment_.loss = loss;
    moment_.fraction = static_cast<double>(steps_done) / static_cast<double>(total_steps_);
    moment_.rows_per_second = static_cast<double>(samples_done) / seconds;
    moment_.seconds_left = seconds / moment_.fraction - seconds;
    callback_(moment_);
  }

 private:
  const ProgressCallback& callback_;
  Index total_steps_;
  Progress moment_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_{};
};

// Keeps the best parameters seen so far and says when waiting for better ones has lasted long
// enough.
class EarlyStopping {
 public:
  EarlyStopping(const ModelSpec& spec, const Network<float>& network)
      : patience_(spec.patience), min_improvement_(spec.min_improvement), best_(network.spec()) {}

  void see(Index epoch, double loss, const Network<float>& network) {
    // Any improvement is worth keeping; only one that counts resets the wait.
    if (loss < best_loss_ - least_improvement()) last_progress_ = epoch;
    if (loss < best_loss_) {
      best_loss_ = loss;
      best_epoch_ = epoch;
      best_.copy_from(network);
    }
    stop_ = patience_ > 0 && epoch - last_progress_ >= patience_;
  }

  bool stop() const { return stop_; }
  Index best_epoch() const { return best_epoch_; }
  void restore(Network<float>& network) const { network.copy_from(best_); }

 private:
  // A likelihood's loss may be below 0.
  double least_improvement() const {
    return std::isinf(best_loss_) ? 0 : min_improvement_ * std::abs(best_loss_);
  }

  Index patience_;
  double min_improvement_;
  Network<float> best_;
  double best_loss_ = std::numeric_limits<double>::infinity();
  Index best_epoch_ = 0;
  Index last_progress_ = 0;
  bool stop_ = false;
};

}  // namespace

FitResult fit(Network<float>& network, const ModelSpec& spec, const Samples& training,
              const Samples* validation, const Corruptor& corruptor, ThreadPool& pool,
              const ProgressCallback& progress) {
  const bool validates = validation != nullptr && validation->rows() > 0;
  TrainingPlan<float> plan(network, spec.step, spec.batch_size, pool);
  BatchFeed batches(plan, training, spec.batch_size, spec.seed, corruptor, pool);
  LearningRate rate(spec, batches.batches_per_epoch());
  Reporter reporter(progress, spec, batches.batches_per_epoch());
  EarlyStopping stopping(spec, network);
  std::optional<HeldOutPenalty> penalty;
  if (validates) penalty.emplace(plan, spec, *validation, corruptor, pool);

  FitResult result;
  double training_seconds = 0;
  Index step = 0;
  Index samples_done = 0;
  const Index all_steps = total_steps(spec, batches.batches_per_epoch());
  for (Index epoch = 1; step < all_steps && !stopping.stop(); ++epoch) {
    const auto start = Clock::now();
    double loss_sum = 0;
    double penalty_sum = 0;
    Index epoch_rows = 0;
    double learning_rate = 0;
    batches.start_epoch(epoch);
    for (Index rows = batches.next(); rows > 0 && step < all_steps; rows = batches.next()) {
      throw_if_interrupted();
      learning_rate = rate.at(step);
      const double loss = plan.step(rows, learning_rate, {spec.seed, epoch, step});
      loss_sum += loss * static_cast<double>(rows);
      penalty_sum += plan.penalty() * static_cast<double>(rows);
      epoch_rows += rows;
      samples_done += rows;
      reporter.step(epoch, ++step, samples_done, loss_sum / static_cast<double>(epoch_rows));
    }
    training_seconds += seconds_since(start);

    const double running_loss = loss_sum / static_cast<double>(epoch_rows);
    const double validation_loss =
        validates ? evaluate(network, spec.step, *validation, &corruptor, pool).loss : kNone;
    const double judged = validates ? validation_loss + penalty->measure()
                                    : running_loss + penalty_sum / static_cast<double>(epoch_rows);
    result.history.push_back({epoch, running_loss, validation_loss, learning_rate});
    reporter.validated(validation_loss);
    rate.epoch_ended(judged);
    if (validates) stopping.see(epoch, judged, network);
  }

  result.best_epoch = static_cast<Index>(result.history.size());
  if (validates && stopping.best_epoch() > 0) {
    result.best_epoch = stopping.best_epoch();
    stopping.restore(network);
  }
  result.stopped_early = stopping.stop();
  result.seconds = training_seconds;
  result.samples = samples_done;
  result.samples_per_second =
      training_seconds > 0 ? static_cast<double>(samples_done) / training_seconds : 0;
  return result;
}

}  // namespace hourglass
