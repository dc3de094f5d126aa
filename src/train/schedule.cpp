#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace hourglass {
namespace {

// A rate of exactly zero would make the last steps of a training useless.
constexpr double kCosineFloor = 0.01;

}  // namespace

Index total_steps(const ModelSpec& spec, Index steps_per_epoch) {
  const Index of_epochs = spec.epochs * steps_per_epoch;
  return spec.steps > 0 ? std::min(spec.steps, of_epochs) : of_epochs;
}

LearningRate::LearningRate(const ModelSpec& spec, Index steps_per_epoch)
    : base_(spec.learning_rate),
      schedule_(spec.schedule),
      factor_(spec.schedule_factor),
      cut_every_(spec.schedule_step),
      patience_(spec.schedule_patience),
      steps_per_epoch_(steps_per_epoch),
      total_steps_(total_steps(spec, steps_per_epoch)),
      warmup_steps_(static_cast<Index>(
          std::llround(spec.warmup_epochs * static_cast<double>(steps_per_epoch)))),
      best_(std::numeric_limits<double>::infinity()) {}

double LearningRate::at(Index step) const {
  if (step < warmup_steps_) {
    return base_ * static_cast<double>(step + 1) / static_cast<double>(warmup_steps_);
  }
  switch (schedule_) {
    case Schedule::kConstant:
      return base_;
    case Schedule::kCosine: {
      const auto length = static_cast<double>(std::max<Index>(1, total_steps_ - warmup_steps_));
      const double done = std::min(1.0, static_cast<double>(step - warmup_steps_) / length);
      const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * done));
      return base_ * (kCosineFloor + (1 - kCosineFloor) * cosine);
    }
    case Schedule::kStep: {
      const Index cuts = step / steps_per_epoch_ / cut_every_;
      return base_ * std::pow(factor_, static_cast<double>(cuts));
    }
    case Schedule::kPlateau:
      return base_ * plateau_scale_;
  }
  return base_;
}

void LearningRate::epoch_ended(double loss) {
  if (schedule_ != Schedule::kPlateau) return;
  if (loss < best_) {
    best_ = loss;
    stale_ = 0;
  } else if (++stale_ > patience_) {
    plateau_scale_ *= factor_;
    stale_ = 0;
  }
}

void LearningRate::go_through(StateNumbers& state) {
  state.number("plateau_scale", plateau_scale_);
  state.number("plateau_best_loss", best_);
  state.number("plateau_stale_epochs", stale_);
}

}  // namespace hourglass
