#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "hourglass/detect.h"

namespace hourglass {

/// How well scores and flags agree with what is known: `positive` and `flagged` one a row, the
/// latter empty if nothing was flagged by a threshold. Intervals by resampling the anomalous and
/// the normal rows each among themselves, 1,000 times, or as often as 30 million rows allow but 100
/// times at least; their random numbers are always the same.
DetectionQuality detection_quality(const std::vector<double>& scores,
                                   const std::vector<bool>& positive,
                                   const std::vector<std::uint8_t>& flagged, ThreadPool& pool);

}  // namespace hourglass
