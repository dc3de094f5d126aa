#pragma once

#include <vector>

#include "base/index.h"

namespace hourglass {

/// What stretches of time are for; each kind ascending, and at least `gap` steps between stretches
/// of two kinds, so that no window of that many steps reaches from one into the other.
struct TimeBlocks {
  std::vector<Range> training, validation, calibration;
};

/// Deals each of the given stretches (at least `gap` apart) out in contiguous blocks. A long one is
/// cut into up to ten rounds, each with a training, a validation and a calibration block, so that
/// what changes over time is in all of them. Held-out blocks are at least `gap` long; a stretch
/// that then would not have half of itself left to train on is all training.
TimeBlocks deal_time(const std::vector<Range>& stretches, double validation_share,
                     double calibration_share, Index gap);

/// The rounds that deal_time() cuts a stretch of so many steps into.
Index rounds_of_time(Index steps, Index gap);

/// The blocks of one of `folds`, ascending: each of `rounds` equal stretches of time holds one of
/// every fold. All folds together are all steps.
std::vector<Range> fold_of_time(Index fold, Index folds, Index steps, Index rounds);

/// Steps 0 … steps − 1 without those less than `gap` from a block of `left_out`, which ascend.
std::vector<Range> time_around(const std::vector<Range>& left_out, Index steps, Index gap);

}  // namespace hourglass
