#pragma once

#include "base/index.h"

namespace hourglass {

/// Where a position beyond the end comes to lie when a line of `extent` is folded back at its ends.
inline Index mirrored(Index position, Index extent) {
  const Index there_and_back = 2 * extent;
  const Index folded = position % there_and_back;
  return folded < extent ? folded : there_and_back - 1 - folded;
}

}  // namespace hourglass
