#pragma once

#include "model/fit_state.h"
#include "model/model_spec.h"

namespace hourglass {

/// Steps of a whole training: those of all epochs, or `steps` if that ends it sooner.
Index total_steps(const ModelSpec& spec, Index steps_per_epoch);

/// The learning rate of each step. Constant; cosine from the warm-up's end down to 1 % of the rate;
/// step: times `schedule_factor` every `schedule_step` epochs; plateau: times the factor after
/// `schedule_patience` epochs without improvement. All of them rise linearly over the warm-up
/// first.
class LearningRate {
 public:
  LearningRate(const ModelSpec& spec, Index steps_per_epoch);

  /// For step `step` of the whole training, counted from 0.
  double at(Index step) const;
  /// Tells the plateau schedule how the epoch that just ended went.
  void epoch_ended(double loss);
  /// Its part of a training's state.
  void go_through(StateNumbers& state);

 private:
  double base_;
  Schedule schedule_;
  double factor_;
  Index cut_every_;
  Index patience_;
  Index steps_per_epoch_;
  Index total_steps_;
  Index warmup_steps_;
  double plateau_scale_ = 1;
  double best_;
  Index stale_ = 0;
};

}  // namespace hourglass
