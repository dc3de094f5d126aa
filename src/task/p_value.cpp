#include "task/p_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hourglass {
namespace {

constexpr std::size_t kMostKept = 10000;

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
  const auto& kept = calibration.scores;
  const auto at_least = kept.end() - std::lower_bound(kept.begin(), kept.end(), score);
  const auto rows = static_cast<double>(calibration.rows);
  const double share =
      kept.empty() ? 0 : static_cast<double>(at_least) / static_cast<double>(kept.size());
  return (1 + share * rows) / (1 + rows);
}

double threshold_at(const Calibration& calibration, double significance) {
  const auto& kept = calibration.scores;
  const auto rows = static_cast<double>(calibration.rows);
  const double allowed = significance * (1 + rows) - 1;
  if (kept.empty() || allowed < 0) return std::numeric_limits<double>::infinity();
  const auto above = static_cast<std::size_t>(
      std::floor(allowed / rows * static_cast<double>(kept.size()) + 1e-9));
  if (above >= kept.size()) return -std::numeric_limits<double>::infinity();
  return kept[kept.size() - 1 - above];
}

}  // namespace hourglass
