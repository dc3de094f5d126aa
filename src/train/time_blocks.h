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

/// Steps 0 … steps − 1 without those less than `gap` from `left_out`.
std::vector<Range> time_around(Range left_out, Index steps, Index gap);

}  // namespace hourglass
