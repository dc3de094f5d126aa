#pragma once

#include <cstddef>
#include <vector>

#include "hourglass/detect.h"

namespace hourglass {

/// See RangeQuality. `series_ends`: the position behind the last of each series, ascending; where
/// one ends so does a range.
RangeQuality range_quality(const std::vector<double>& scores, const std::vector<bool>& anomalous,
                           const std::vector<std::size_t>& series_ends);

}  // namespace hourglass
