#pragma once

#include "model/fit_state.h"
#include "model/model_spec.h"
#include "network/network.h"

namespace hourglass {

/// Keeps the best parameters seen so far and says when waiting for better ones has lasted long
/// enough.
class EarlyStopping {
 public:
  EarlyStopping(const ModelSpec& spec, const Network<float>& network);

  /// After each epoch, counted from 1.
  void see(Index epoch, double loss, const Network<float>& network);

  bool stop() const { return stop_; }
  Index best_epoch() const { return best_epoch_; }  ///< 0: none seen
  const Network<float>& best() const { return best_; }

  /// Its part of a training's state, besides the parameters of the best epoch.
  void go_through(StateNumbers& state);
  void restore_best(const std::vector<NamedTensor>& tensors) { best_.set_tensors(tensors); }

 private:
  double least_improvement() const;

  Index patience_;
  double min_improvement_;
  Network<float> best_;
  double best_loss_;
  Index best_epoch_ = 0;
  Index last_progress_ = 0;
  bool stop_ = false;
};

}  // namespace hourglass
