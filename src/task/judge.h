#pragma once

#include "base/thread_pool.h"
#include "hourglass/detect.h"
#include "model/saved_model.h"

namespace hourglass {

inline constexpr double kUsualFalseAlarmRate = 0.01;

/// Whether the rows judged are the calibration rows themselves, or others.
enum class Judged { kOthers, kThemselves };

/// Throws ErrorKind::kUsage for rates and shares out of range, for two of them that would each say
/// which rows to flag, and for a false discovery rate of rows among themselves: their p-values are
/// ranks, of which none is a discovery.
void check_rates(const DetectOptions& options, Judged judged);

/// p-values, threshold and flags of rows whose scores are known; a warning where there are too few
/// calibration rows for the rate asked for.
void judge(DetectionScores& result, const Calibration& calibration, Judged judged,
           const DetectOptions& options, ThreadPool& pool);

/// "few-calibration-rows" if no new row can be flagged at this false alarm rate.
std::vector<Warning> too_few_calibration_rows(const Calibration& calibration,
                                              double false_alarm_rate);

}  // namespace hourglass
