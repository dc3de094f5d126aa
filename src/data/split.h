#pragma once

#include <cstdint>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// Training and validation rows, both ascending, so that a file is read from front to back; which
/// row goes where is drawn at random and a function of (rows, share, seed) alone.
struct Split {
  std::vector<Index> training;
  std::vector<Index> validation;
};

/// Holds out validation_share · rows, rounded, and at least one row if the share is positive; at
/// least one stays for training. With fewer than two rows, or a share of 0, nothing is held out.
Split split_rows(Index rows, double validation_share, std::uint64_t seed);

}  // namespace hourglass
