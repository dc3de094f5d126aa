#include "task/range_metrics.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace hourglass {
namespace {

constexpr std::size_t kMostThresholds = 500;

struct Span {
  std::size_t begin;
  std::size_t end;
};

// The stretches of `marked`, none of which goes on past the end of a series.
std::vector<Span> spans_of(const std::vector<bool>& marked,
                           const std::vector<std::size_t>& series_ends) {
  std::vector<Span> spans;
  auto series_end = series_ends.begin();
  bool open = false;
  for (std::size_t i = 0; i < marked.size(); ++i) {
    if (series_end != series_ends.end() && *series_end == i) {
      open = false;
      while (series_end != series_ends.end() && *series_end == i) ++series_end;
    }
    if (marked[i] && !open) spans.push_back({i, i});
    open = marked[i];
    if (open) spans.back().end = i + 1;
  }
  return spans;
}

// The mean over spans of the share of each that is marked; of none 1.
double mean_share(const std::vector<Span>& spans, const std::vector<bool>& marked) {
  if (spans.empty()) return 1;
  double sum = 0;
  for (const Span& span : spans) {
    double count = 0;
    for (std::size_t i = span.begin; i < span.end; ++i) count += marked[i] ? 1 : 0;
    sum += count / static_cast<double>(span.end - span.begin);
  }
  return sum / static_cast<double>(spans.size());
}

// Falling, each the score of some row; the last flags all of them.
std::vector<double> thresholds_of(std::vector<double> scores) {
  std::sort(scores.begin(), scores.end(), std::greater());
  const std::size_t count = std::min(scores.size(), kMostThresholds);
  std::vector<double> thresholds;
  for (std::size_t k = 1; k <= count; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(count);
    const bool all = scores.size() <= kMostThresholds;
    const double rank = static_cast<double>(scores.size()) * (all ? share : share * share);
    const auto position = static_cast<std::size_t>(std::max(1L, std::lround(rank)) - 1);
    const double threshold = scores[std::min(position, scores.size() - 1)];
    if (thresholds.empty() || threshold < thresholds.back()) thresholds.push_back(threshold);
  }
  return thresholds;
}

}  // namespace

RangeQuality range_quality(const std::vector<double>& scores, const std::vector<bool>& anomalous,
                           const std::vector<std::size_t>& series_ends) {
  const std::vector<Span> ranges = spans_of(anomalous, series_ends);
  RangeQuality quality;
  quality.ranges = static_cast<std::int64_t>(ranges.size());
  quality.average_precision = std::numeric_limits<double>::quiet_NaN();
  if (ranges.empty()) return quality;
  quality.average_precision = 0;
  double recall_before = 0;
  std::vector<bool> flagged(scores.size());
  for (const double threshold : thresholds_of(scores)) {
    for (std::size_t i = 0; i < scores.size(); ++i) flagged[i] = scores[i] >= threshold;
    const double recall = mean_share(ranges, flagged);
    const double precision = mean_share(spans_of(flagged, series_ends), anomalous);
    quality.average_precision += (recall - recall_before) * precision;
    recall_before = recall;
  }
  return quality;
}

}  // namespace hourglass
