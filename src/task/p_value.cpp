#include "task/p_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hourglass {
namespace {

constexpr std::size_t kMostKept = 10000;

// How many of the sorted numbers, at least one, are below `score`. Every comparison of a search
// among thousands is a coin toss, which a branch would be foretold wrongly on half the time.
std::size_t count_below(const std::vector<double>& sorted, double score) {
  const double* first = sorted.data();
  std::size_t left = sorted.size();
  while (left > 1) {
    const std::size_t half = left / 2;
    first += static_cast<std::size_t>(first[half - 1] < score) * half;
    left -= half;
  }
  return static_cast<std::size_t>(first - sorted.data()) + static_cast<std::size_t>(*first < score);
}

// Share of the calibration rows that score at least this.
double share_at_least(const Calibration& calibration, double score) {
  const auto& kept = calibration.scores;
  if (kept.empty()) return 0;
  const std::size_t at_least = kept.size() - count_below(kept, score);
  return static_cast<double>(at_least) / static_cast<double>(kept.size());
}

// The score that `allowed` of the calibration rows, at most, lie above.
double score_below(const Calibration& calibration, double allowed) {
  const auto& kept = calibration.scores;
  const auto above = static_cast<std::size_t>(std::floor(
      allowed / static_cast<double>(calibration.rows) * static_cast<double>(kept.size()) + 1e-9));
  if (above >= kept.size()) return -std::numeric_limits<double>::infinity();
  return kept[kept.size() - 1 - above];
}

}  // namespace

void set_calibration_scores(Calibration& calibration, std::vector<double> scores,
                            bool cross_fitted) {
  std::sort(scores.begin(), scores.end());
  calibration.rows = static_cast<Index>(scores.size());
  calibration.cross_fitted = cross_fitted;
  if (scores.size() <= kMostKept) {
    calibration.scores = std::move(scores);
    return;
  }
  calibration.scores.clear();
  for (std::size_t i = 0; i < kMostKept; ++i) {
    // Both ends are kept: the largest scores are what small p-values rest on.
    calibration.scores.push_back(scores[i * (scores.size() - 1) / (kMostKept - 1)]);
  }
}

double p_value(const Calibration& calibration, double score) {
  const auto rows = static_cast<double>(calibration.rows);
  return (1 + share_at_least(calibration, score) * rows) / (1 + rows);
}

double threshold_at(const Calibration& calibration, double significance) {
  const double allowed = significance * (1 + static_cast<double>(calibration.rows)) - 1;
  if (calibration.scores.empty() || allowed < 0) return std::numeric_limits<double>::infinity();
  return score_below(calibration, allowed);
}

double p_value_among(const Calibration& calibration, double score) {
  return std::max(share_at_least(calibration, score), 1 / static_cast<double>(calibration.rows));
}

double threshold_among(const Calibration& calibration, double significance) {
  const double allowed = significance * static_cast<double>(calibration.rows);
  if (allowed + 1e-9 < 1) return std::numeric_limits<double>::infinity();
  return score_below(calibration, allowed);
}

}  // namespace hourglass
