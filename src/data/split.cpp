#include "data/split.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {

Split split_rows(Index rows, double validation_share, std::uint64_t seed) {
  HOURGLASS_CHECK(validation_share >= 0 && validation_share <= 1);
  Index wanted = 0;
  if (rows >= 2 && validation_share > 0) {
    const double share = std::round(validation_share * static_cast<double>(rows));
    wanted = std::clamp<Index>(static_cast<Index>(share), 1, rows - 1);
  }
  Split split;
  split.training.reserve(static_cast<std::size_t>(rows - wanted));
  split.validation.reserve(static_cast<std::size_t>(wanted));
  // Selection sampling (Knuth, volume 2, algorithm 3.4.2 S): every subset of this size is equally
  // likely, and it comes out in order.
  RandomStream stream(seed, RandomPurpose::kSplit);
  for (Index row = 0; row < rows; ++row) {
    const bool held_out = wanted > 0 && stream.below(rows - row) < wanted;
    (held_out ? split.validation : split.training).push_back(row);
    if (held_out) --wanted;
  }
  return split;
}

}  // namespace hourglass
