#include "task/p_value.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hourglass {
namespace {

constexpr std::size_t kMostKept = 10000;

// Searched for together, so that the processor need not wait for each step of one search.
constexpr Index kTogether = 8;

// How many of the sorted numbers, at least one, are below each of kTogether scores. Every
// comparison of a search among thousands is a coin toss, so there are no branches on them.
void count_below(const std::vector<double>& sorted, const double* scores, std::size_t* below) {
  std::fill_n(below, kTogether, std::size_t{0});
  for (std::size_t left = sorted.size(); left > 1;) {
    const std::size_t half = left / 2;
    for (Index i = 0; i < kTogether; ++i) {
      below[i] += static_cast<std::size_t>(sorted[below[i] + half - 1] < scores[i]) * half;
    }
    left -= half;
  }
  for (Index i = 0; i < kTogether; ++i) {
    below[i] += static_cast<std::size_t>(sorted[below[i]] < scores[i]);
  }
}

// Of each score the share of calibration rows that score at least this.
void shares_at_least(const Calibration& calibration, const double* scores, Index count,
                     double* shares) {
  const auto& kept = calibration.scores;
  if (kept.empty()) {
    std::fill_n(shares, count, 0.0);
    return;
  }
  double some[kTogether] = {};
  std::size_t below[kTogether];
  for (Index begin = 0; begin < count; begin += kTogether) {
    const Index here = std::min(kTogether, count - begin);
    std::copy_n(scores + begin, here, some);
    count_below(kept, some, below);
    for (Index i = 0; i < here; ++i) {
      shares[begin + i] =
          static_cast<double>(kept.size() - below[i]) / static_cast<double>(kept.size());
    }
  }
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

void p_values(const Calibration& calibration, const double* scores, Index count, double* out) {
  shares_at_least(calibration, scores, count, out);
  const auto rows = static_cast<double>(calibration.rows);
  std::transform(out, out + count, out,
                 [&](double share) { return (1 + share * rows) / (1 + rows); });
}

double p_value(const Calibration& calibration, double score) {
  double value = 0;
  p_values(calibration, &score, 1, &value);
  return value;
}

double threshold_at(const Calibration& calibration, double significance) {
  const double allowed = significance * (1 + static_cast<double>(calibration.rows)) - 1;
  if (calibration.scores.empty() || allowed < 0) return std::numeric_limits<double>::infinity();
  return score_below(calibration, allowed);
}

void p_values_among(const Calibration& calibration, const double* scores, Index count,
                    double* out) {
  shares_at_least(calibration, scores, count, out);
  const double smallest = 1 / static_cast<double>(calibration.rows);
  std::transform(out, out + count, out, [&](double share) { return std::max(share, smallest); });
}

double p_value_among(const Calibration& calibration, double score) {
  double value = 0;
  p_values_among(calibration, &score, 1, &value);
  return value;
}

double threshold_among(const Calibration& calibration, double significance) {
  const double allowed = significance * static_cast<double>(calibration.rows);
  if (allowed + 1e-9 < 1) return std::numeric_limits<double>::infinity();
  return score_below(calibration, allowed);
}

}  // namespace hourglass
