#include "task/judge.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <string>

#include "base/error.h"
#include "task/false_discovery.h"
#include "task/p_value.h"

namespace hourglass {
namespace {

// The smallest p-value there can be.
double smallest_p_value(const Calibration& calibration, Judged judged) {
  const auto rows = static_cast<double>(calibration.rows);
  return judged == Judged::kThemselves ? 1 / rows : 1 / (1 + rows);
}

std::string advice(const Calibration& calibration) {
  return fmt::format("give more rows{} or --contamination",
                     calibration.cross_fitted ? "" : ", train with --for detect,");
}

Warning few_for_alarms(const Calibration& calibration, double smallest, double rate) {
  return {"few-calibration-rows",
          fmt::format("only {} rows to calibrate on: no p-value can be below {:.3g}, so a false "
                      "alarm rate of {:g} flags nothing; {}",
                      calibration.rows, smallest, rate, advice(calibration))};
}

Warning few_for_discoveries(const Calibration& calibration, double smallest, double rate,
                            double rows) {
  const double needed = std::ceil(smallest * rows / rate - 1e-9);
  return {
      "few-calibration-rows",
      fmt::format("only {} rows to calibrate on: no p-value can be below {:.3g}, so at a false "
                  "discovery rate of {:g} {}; {}",
                  calibration.rows, smallest, rate,
                  needed > rows
                      ? "nothing can be flagged"
                      : fmt::format("none of {} rows is flagged unless {} are stranger than all "
                                    "of those",
                                    rows, needed),
                  advice(calibration))};
}

// The score above which lies the given share of rows (where no scores are equal).
double contamination_threshold(std::vector<double> scores, double contamination) {
  const auto n = static_cast<double>(scores.size());
  const auto flagged = static_cast<std::size_t>(std::llround(contamination * n));
  if (flagged >= scores.size()) return -std::numeric_limits<double>::infinity();
  const auto position = scores.begin() + static_cast<std::ptrdiff_t>(scores.size() - 1 - flagged);
  std::nth_element(scores.begin(), position, scores.end());
  return *position;
}

// The largest score that is no discovery.
double discovery_threshold(const DetectionScores& result, double rate) {
  const double largest = largest_discovery(result.p_value, rate);
  double threshold = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < result.p_value.size(); ++i) {
    if (result.p_value[i] > largest) threshold = std::max(threshold, result.anomaly_score[i]);
  }
  return threshold;
}

double threshold_of(const DetectionScores& result, const Calibration& calibration, Judged judged,
                    const DetectOptions& options) {
  if (options.contamination) {
    return contamination_threshold(result.anomaly_score, *options.contamination);
  }
  if (options.false_discovery_rate) {
    return discovery_threshold(result, *options.false_discovery_rate);
  }
  return judged == Judged::kThemselves ? threshold_among(calibration, options.false_alarm_rate)
                                       : threshold_at(calibration, options.false_alarm_rate);
}

void set_p_values(DetectionScores& result, const Calibration& calibration, Judged judged,
                  ThreadPool& pool) {
  const auto values_of = judged == Judged::kThemselves ? p_values_among : p_values;
  result.p_value.resize(result.anomaly_score.size());
  pool.run([&](int worker) {
    const Range rows = share_of(std::ssize(result.p_value), worker, pool.size());
    values_of(calibration, result.anomaly_score.data() + rows.begin, rows.size(),
              result.p_value.data() + rows.begin);
  });
}

void warn_of_few_rows(DetectionScores& result, const Calibration& calibration, Judged judged,
                      const DetectOptions& options) {
  const double smallest = smallest_p_value(calibration, judged);
  const auto rows = static_cast<double>(result.anomaly_score.size());
  if (options.contamination || result.flagged > 0 || rows == 0) return;
  if (options.false_discovery_rate) {
    const double rate = *options.false_discovery_rate;
    if (smallest <= rate / rows) return;
    result.warnings.push_back(few_for_discoveries(calibration, smallest, rate, rows));
  } else if (std::isinf(result.threshold)) {
    result.warnings.push_back(few_for_alarms(calibration, smallest, options.false_alarm_rate));
  }
}

void check_rate(const char* name, double rate) {
  if (rate > 0 && rate < 1) return;
  usage_error(fmt::format("{} = {:g} is out of range: give a number in (0, 1)", name, rate));
}

}  // namespace

void check_rates(const DetectOptions& options, Judged judged) {
  if (options.contamination && !(*options.contamination > 0 && *options.contamination <= 0.5)) {
    usage_error(fmt::format("contamination = {:g} is out of range: give a share in (0, 0.5]",
                            *options.contamination));
  }
  check_rate("false_alarm_rate", options.false_alarm_rate);
  if (options.false_discovery_rate) {
    check_rate("false_discovery_rate", *options.false_discovery_rate);
  }
  if (options.contamination && options.false_discovery_rate) {
    usage_error(
        "contamination and false_discovery_rate both say which rows to flag: give one of them");
  }
  if (options.false_discovery_rate && judged == Judged::kThemselves) {
    usage_error(
        "among themselves rows can only be ranked, and no false discovery rate follows from that: "
        "train a MODEL on rows known to be normal, or give --contamination");
  }
}

void judge(DetectionScores& result, const Calibration& calibration, Judged judged,
           const DetectOptions& options, ThreadPool& pool) {
  set_p_values(result, calibration, judged, pool);
  result.threshold = threshold_of(result, calibration, judged, options);
  result.is_anomaly.resize(result.anomaly_score.size());
  std::transform(result.anomaly_score.begin(), result.anomaly_score.end(),
                 result.is_anomaly.begin(),
                 [&](double score) { return score > result.threshold ? 1 : 0; });
  result.flagged = std::count(result.is_anomaly.begin(), result.is_anomaly.end(), 1);
  warn_of_few_rows(result, calibration, judged, options);
}

std::vector<Warning> too_few_calibration_rows(const Calibration& calibration,
                                              double false_alarm_rate) {
  if (!std::isinf(threshold_at(calibration, false_alarm_rate))) return {};
  return {few_for_alarms(calibration, smallest_p_value(calibration, Judged::kOthers),
                         false_alarm_rate)};
}

}  // namespace hourglass
