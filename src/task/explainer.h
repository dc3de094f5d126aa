#pragma once

#include <vector>

#include "base/index.h"
#include "hourglass/detect.h"

namespace hourglass {

/// Says of any row that was scored what accounts for its anomaly score. Keeps what scored the rows
/// and looks at a row again when asked, as the words for ten million rows would not fit in memory.
/// Immutable and safe to use from several threads.
class Explainer {
 public:
  virtual ~Explainer() = default;
  /// How many are named for each row.
  virtual Index columns() const = 0;
  /// For each of the rows begin … end − 1 the columns with the largest errors, largest first.
  virtual std::vector<std::vector<Contribution>> explain(Index begin, Index end) const = 0;
};

}  // namespace hourglass
