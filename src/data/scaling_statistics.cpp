#include "data/scaling_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/samples_rows.h"

namespace hourglass {
namespace {

constexpr Index kExactQuantileRows = 1'000'000;
constexpr Index kQuantileNumbers = Index{8} << 20;  // 64 MiB of float64 at a time

// Sums over one block, about `shift`.
struct BlockSums {
  Index count = 0;
  double shift = 0;
  double sum = 0;
  double squares = 0;
};

void add(BlockSums& sums, ColumnStatistics& column, double value) {
  if (sums.count == 0 && column.count == 0) {
    sums.shift = value;  // nothing is known of the mean yet
    column.min = column.max = value;
  }
  const double difference = value - sums.shift;
  ++sums.count;
  sums.sum += difference;
  sums.squares += difference * difference;
  column.min = std::min(column.min, value);
  column.max = std::max(column.max, value);
}

void add_level(ColumnStatistics& column, double value) {
  ++column.count;
  const bool known = value >= 0 && value < static_cast<double>(column.level_counts.size());
  ++(known ? column.level_counts[static_cast<std::size_t>(value)] : column.other_count);
}

void merge(ColumnStatistics& column, const BlockSums& sums) {
  if (sums.count == 0) return;
  const auto n = static_cast<double>(sums.count);
  const auto before = static_cast<double>(column.count);
  const double mean = sums.shift + sums.sum / n;
  const double squares = std::max(0.0, sums.squares - sums.sum * (sums.sum / n));
  const double difference = mean - column.mean;
  column.count += sums.count;
  column.mean += difference * (n / (before + n));
  column.squares += squares + difference * difference * (before * n / (before + n));
}

double quantile(std::vector<double>& values, double share) {
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  const double fraction = position - static_cast<double>(below);
  if (fraction == 0) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return *at * (1 - fraction) + next * fraction;
}

std::vector<Index> every_kth(const std::vector<Index>& rows) {
  std::vector<Index> chosen(static_cast<std::size_t>(kExactQuantileRows));
  const auto total = static_cast<Index>(rows.size());
  for (Index i = 0; i < kExactQuantileRows; ++i) {
    const Index position = i * total / kExactQuantileRows;
    chosen[static_cast<std::size_t>(i)] = rows[static_cast<std::size_t>(position)];
  }
  return chosen;
}

}  // namespace

std::vector<ColumnStatistics> measure_columns(const Table& table, const std::vector<Index>& rows) {
  const auto cols = static_cast<std::size_t>(table.cols());
  std::vector<ColumnStatistics> columns(cols);
  std::vector<char> categorical(cols, 0);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    categorical[c] = table.columns[c].kind == ColumnKind::kCategorical;
    if (categorical[c]) columns[c].level_counts.resize(table.columns[c].levels.size());
  }
  std::vector<BlockSums> sums(cols);
  visit_rows(*table.store, rows, [&](const double* values, Index count) {
    for (std::size_t c = 0; c < cols; ++c) sums[c] = {0, columns[c].mean, 0, 0};
    for (Index r = 0; r < count; ++r) {
      for (std::size_t c = 0; c < cols; ++c) {
        const double value = *values++;
        if (!std::isfinite(value)) continue;
        if (categorical[c]) {
          add_level(columns[c], value);
        } else {
          add(sums[c], columns[c], value);
        }
      }
    }
    for (std::size_t c = 0; c < cols; ++c) merge(columns[c], sums[c]);
  });
  return columns;
}

double signed_log(double value) { return std::copysign(std::log1p(std::abs(value)), value); }

std::vector<CountStatistics> measure_counts(const Table& table, const std::vector<Index>& rows,
                                            const std::vector<Index>& columns) {
  std::vector<CountStatistics> counts(columns.size());
  visit_rows(*table.store, rows, [&](const double* values, Index count) {
    for (Index r = 0; r < count; ++r, values += table.cols()) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const double value = values[columns[i]];
        if (!std::isfinite(value) || value == 0) continue;
        const double level = signed_log(value);
        ++counts[i].rows;
        counts[i].squares += level * level;
      }
    }
  });
  return counts;
}

std::vector<Quartiles> measure_quartiles(const Table& table, const std::vector<Index>& rows,
                                         const std::vector<Index>& columns) {
  const bool sampled = static_cast<Index>(rows.size()) > kExactQuantileRows;
  const std::vector<Index> sample = sampled ? every_kth(rows) : std::vector<Index>();
  const std::vector<Index>& used = sampled ? sample : rows;
  const Index group = std::max<Index>(1, kQuantileNumbers / std::max<Index>(1, std::ssize(used)));

  std::vector<Quartiles> quartiles(columns.size());
  for (Index begin = 0; begin < std::ssize(columns); begin += group) {
    const Index end = std::min<Index>(begin + group, std::ssize(columns));
    std::vector<std::vector<double>> values(static_cast<std::size_t>(end - begin));
    for (auto& column : values) column.reserve(used.size());
    visit_rows(*table.store, used, [&](const double* block, Index count) {
      for (Index r = 0; r < count; ++r, block += table.cols()) {
        for (std::size_t i = 0; i < values.size(); ++i) {
          const double value = block[columns[static_cast<std::size_t>(begin) + i]];
          if (std::isfinite(value)) values[i].push_back(value);
        }
      }
    });
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i].empty()) continue;
      quartiles[static_cast<std::size_t>(begin) + i] = {
          quantile(values[i], 0.25), quantile(values[i], 0.5), quantile(values[i], 0.75)};
    }
  }
  return quartiles;
}

}  // namespace hourglass
