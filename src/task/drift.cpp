#include "task/drift.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <string>

namespace hourglass {
namespace {

constexpr double kLevel = 0.001;
constexpr double kLeastDistance = 0.1;
constexpr double kLeastScoreShift = 0.15;
constexpr std::size_t kNamed = 5;

// What the largest of some differences of shares, whose number has this logarithm, stays below with
// probability 1 − kLevel if samples of these sizes are from one distribution: by Hoeffding's
// inequality and the union over all of them.
double chance(double log_differences, double rows, double training_rows) {
  if (rows < 1 || training_rows < 1) return 1;
  return std::sqrt((log_differences + std::log(2 / kLevel)) * (1 / rows + 1 / training_rows) / 2);
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

// In words, where the value lies below which half of the cells are.
std::string median(const std::vector<double>& values, const std::vector<double>& shares) {
  double below = 0;
  std::size_t cell = 0;
  while (cell + 1 < shares.size() && below + shares[cell] < 0.5) below += shares[cell++];
  const std::size_t place = cell / 2;
  if (cell % 2 == 1) return fmt::format("{:.4g}", values[place]);
  if (place == 0) return fmt::format("below {:.4g}", values.front());
  if (place == values.size()) return fmt::format("above {:.4g}", values.back());
  const double within = (0.5 - below) / shares[cell];
  return fmt::format("{:.4g}", std::lerp(values[place - 1], values[place], within));
}

// How far apart a column's cells and those of the training data are, and by what.
struct Difference {
  double distance = 0;
  std::string words;
};

Difference between_numbers(const ColumnSummary& was, const std::vector<double>& now) {
  double sum_now = 0;
  double sum_was = 0;
  double most_now = 0;
  double most_was = 0;
  std::size_t most_at = 0;
  double at_medians = 0;  // the largest difference between the two medians
  for (std::size_t cell = 0; cell + 1 < now.size(); ++cell) {
    sum_now += now[cell];
    sum_was += was.shares[cell];
    const double distance = std::abs(sum_now - sum_was);
    if (distance > std::abs(most_now - most_was)) {
      most_now = sum_now;
      most_was = sum_was;
      most_at = cell;
    }
    if ((sum_was < 0.5) != (sum_now < 0.5)) at_medians = std::max(at_medians, distance);
  }
  const double distance = std::abs(most_now - most_was);
  const std::string median_now = median(was.values, now);
  const std::string median_was = median(was.values, was.shares);
  // Where the middle stayed, as of a column that is merely wider, its median says nothing.
  if (2 * at_medians >= distance && median_now != median_was) {
    return {distance, fmt::format("median {}, was {}", median_now, median_was)};
  }
  return {distance, fmt::format("{} {} {:.4g}, was {}", percent(most_now),
                                most_at % 2 == 0 ? "below" : "at most", was.values[most_at / 2],
                                percent(most_was))};
}

Difference between_categories(const ColumnSummary& was, const std::vector<double>& now,
                              const std::vector<std::string>& levels) {
  double distance = 0;
  std::size_t most = 0;
  for (std::size_t cell = 0; cell < now.size(); ++cell) {
    distance += std::abs(now[cell] - was.shares[cell]) / 2;
    if (std::abs(now[cell] - was.shares[cell]) > std::abs(now[most] - was.shares[most])) {
      most = cell;
    }
  }
  return {distance,
          fmt::format("{} {}, was {}", most == 0 ? "categories never seen" : levels[most - 1],
                      percent(now[most]), percent(was.shares[most]))};
}

// Both ways in which one column may differ, each if it does beyond chance.
class ColumnJudge {
 public:
  ColumnJudge(double training_rows, double comparisons)
      : training_rows_(training_rows), log_comparisons_(std::log(std::max(1.0, comparisons))) {}

  Difference differs(const ColumnSummary& was, const ColumnCounts& now,
                     const Column& column) const {
    const double there = sum(now.cells);
    const double rows = there + now.missing;
    Difference most;
    if (rows == 0) return most;
    const double missing = now.missing / rows;
    consider({std::abs(missing - was.missing),
              fmt::format("missing {}, was {}", percent(missing), percent(was.missing))},
             0, rows, training_rows_, most);
    std::vector<double> shares = now.cells;
    for (double& share : shares) share /= std::max(1.0, there);
    const double trained = training_rows_ * (1 - was.missing);
    if (there == 0 || trained < 0.5) return most;
    if (column.kind == ColumnKind::kCategorical) {
      // Total variation is the largest difference over all sets of levels.
      const double log_sets = static_cast<double>(shares.size()) * std::log(2.0);
      consider(between_categories(was, shares, column.levels), log_sets, there, trained, most);
    } else if (!was.values.empty()) {
      consider(between_numbers(was, shares), std::log(static_cast<double>(shares.size())), there,
               trained, most);
    }
    return most;
  }

 private:
  void consider(const Difference& difference, double log_differences, double rows,
                double training_rows, Difference& most) const {
    const double by_chance = chance(log_comparisons_ + log_differences, rows, training_rows);
    if (difference.distance <= std::max(kLeastDistance, by_chance)) return;
    if (difference.distance > most.distance) most = difference;
  }

  double training_rows_;
  double log_comparisons_;
};

std::string names_of(const std::vector<ColumnDrift>& drift) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kNamed, drift.size()); ++i) {
    text += fmt::format("{}{} ({})", i > 0 ? "; " : "", drift[i].column, drift[i].change);
  }
  if (drift.size() > kNamed) text += fmt::format("; and {} more columns", drift.size() - kNamed);
  return text;
}

// The largest excess of P(p ≤ x) over x, at the x of a grid that is fine beside what is warned of.
double excess_of_small(const std::vector<double>& p_values) {
  constexpr std::size_t kGrid = 1000;
  std::vector<std::size_t> counts(kGrid + 1);  // of p-values up to the point and above the last
  for (const double p : p_values) {
    counts[static_cast<std::size_t>(std::ceil(p * static_cast<double>(kGrid)))] += 1;
  }
  double most = 0;
  std::size_t at_most = 0;
  for (std::size_t point = 0; point <= kGrid; ++point) {
    at_most += counts[point];
    const double share = static_cast<double>(at_most) / static_cast<double>(p_values.size());
    most = std::max(most, share - static_cast<double>(point) / static_cast<double>(kGrid));
  }
  return most;
}

constexpr const char* kAdvice =
    "p-values hold for rows like the training data alone: if these are normal, train with rows "
    "like "
    "them";

}  // namespace

std::vector<ColumnDrift> find_drift(const SavedModel& saved,
                                    const std::vector<ColumnCounts>& counts) {
  const std::vector<ColumnSummary>& columns = saved.columns.columns;
  const auto summarised = static_cast<double>(
      std::count_if(columns.begin(), columns.end(),
                    [](const ColumnSummary& column) { return !column.shares.empty(); }));
  const ColumnJudge judge(static_cast<double>(saved.columns.rows), 2 * summarised);
  std::vector<ColumnDrift> drift;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const Difference difference =
        judge.differs(columns[c], counts[c], saved.encoding.columns[c].column);
    if (difference.distance == 0) continue;
    drift.push_back(
        {saved.encoding.column_name(static_cast<Index>(c)), difference.distance, difference.words});
  }
  std::stable_sort(drift.begin(), drift.end(), [](const ColumnDrift& a, const ColumnDrift& b) {
    return a.distance > b.distance;
  });
  return drift;
}

std::vector<Warning> drift_warning(const std::vector<ColumnDrift>& drift, const SavedModel& saved,
                                   const std::vector<double>& p_values, bool judge_scores) {
  if (!drift.empty()) {
    return {{"drift", fmt::format("these rows as a whole look unlike the training data: {}; {}",
                                  names_of(drift), kAdvice)}};
  }
  const auto rows = static_cast<double>(p_values.size());
  const auto calibrated = static_cast<double>(saved.calibration.rows);
  if (!judge_scores) return {};
  const double excess = excess_of_small(p_values);
  const double by_chance = chance(std::log(std::max(1.0, calibrated)), rows, calibrated);
  if (excess <= std::max(kLeastScoreShift, by_chance)) return {};
  return {{"drift", fmt::format("these rows as a whole score higher than the training data (their "
                                "p-values are too often small, by {}), though no column by itself "
                                "looks unlike it; {}",
                                percent(excess), kAdvice)}};
}

}  // namespace hourglass
