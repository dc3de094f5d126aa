#include "train/early_stopping.h"

#include <cmath>
#include <limits>

namespace hourglass {

EarlyStopping::EarlyStopping(const ModelSpec& spec, const Network<float>& network)
    : patience_(spec.patience),
      min_improvement_(spec.min_improvement),
      best_(network.spec()),
      best_loss_(std::numeric_limits<double>::infinity()) {}

void EarlyStopping::see(Index epoch, double loss, const Network<float>& network) {
  // Any improvement is worth keeping; only one that counts resets the wait.
  if (loss < best_loss_ - least_improvement()) last_progress_ = epoch;
  if (loss < best_loss_) {
    best_loss_ = loss;
    best_epoch_ = epoch;
    best_.copy_from(network);
  }
  stop_ = patience_ > 0 && epoch - last_progress_ >= patience_;
}

void EarlyStopping::go_through(StateNumbers& state) {
  state.number("best_loss", best_loss_);
  state.number("best_epoch", best_epoch_);
  state.number("last_progress_epoch", last_progress_);
  state.number("stop", stop_);
}

// A likelihood's loss may be below 0.
double EarlyStopping::least_improvement() const {
  return std::isinf(best_loss_) ? 0 : min_improvement_ * std::abs(best_loss_);
}

}  // namespace hourglass
