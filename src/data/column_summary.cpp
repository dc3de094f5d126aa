#include "data/column_summary.h"

#include <algorithm>
#include <cmath>

#include "tensor/matrix.h"

namespace hourglass {
namespace {

constexpr Index kMostColumns = 4096;
constexpr Index kMostRows = 10'000;
constexpr Index kFewestRows = 1000;
constexpr Index kNumbers = 1'000'000;
constexpr std::size_t kQuantiles = 21;  // 0 %, 5 %, …, 100 %

// Rows of a wide table at a time.
constexpr Index kRowsAtOnce = 256;

std::vector<double> some_quantiles(std::vector<double> values) {
  std::vector<double> quantiles;
  if (values.empty()) return quantiles;
  std::sort(values.begin(), values.end());
  for (std::size_t k = 0; k < kQuantiles; ++k) {
    quantiles.push_back(values[k * (values.size() - 1) / (kQuantiles - 1)]);
  }
  quantiles.erase(std::unique(quantiles.begin(), quantiles.end()), quantiles.end());
  return quantiles;
}

// `values`: those that are there, of `rows` cells.
ColumnSummary summary_of(const std::vector<double>& values, Index rows, const Column* column) {
  ColumnSummary summary;
  const bool categorical = column != nullptr && column->kind == ColumnKind::kCategorical;
  if (!categorical) summary.values = some_quantiles(values);
  summary.shares.resize(categorical ? column->levels.size() + 1 : 2 * summary.values.size() + 1);
  const auto there = static_cast<double>(values.size());
  for (const double value : values) summary.shares[summary.cell_of(value)] += 1 / there;
  summary.missing = 1 - there / static_cast<double>(rows);
  return summary;
}

}  // namespace

std::size_t ColumnSummary::cell_of(double value) const {
  if (values.empty()) {  // a level's position
    const double cell = std::clamp(value + 1, 0.0, static_cast<double>(shares.size() - 1));
    return static_cast<std::size_t>(cell);
  }
  // Every comparison of the search is a coin toss, so there are no branches on them.
  std::size_t below = 0;
  for (std::size_t left = values.size(); left > 1;) {
    const std::size_t half = left / 2;
    below += static_cast<std::size_t>(values[below + half - 1] < value) * half;
    left -= half;
  }
  below += static_cast<std::size_t>(values[below] < value);
  // All values differ, so at most one of them equals this one.
  return 2 * below + static_cast<std::size_t>(below < values.size() && values[below] == value);
}

TableSummary summarise_columns(const Table& table, ThreadPool& pool) {
  const Index step = (table.cols() + kMostColumns - 1) / kMostColumns;
  const Index columns = (table.cols() + step - 1) / step;
  TableSummary summary;
  summary.rows = std::min(table.rows(), std::clamp(kNumbers / columns, kFewestRows, kMostRows));
  summary.columns.resize(static_cast<std::size_t>(table.cols()));

  std::vector<std::vector<double>> values(static_cast<std::size_t>(columns));
  std::vector<Index> rows;
  for (Index i = 0; i < summary.rows; ++i) rows.push_back(i * table.rows() / summary.rows);
  Matrix<double> block(std::min(kRowsAtOnce, summary.rows), table.cols());
  for (Index begin = 0; begin < summary.rows; begin += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, summary.rows - begin);
    table.store->gather(rows.data() + begin, count, block.data());
    for (Index r = 0; r < count; ++r) {
      for (Index c = 0; c < columns; ++c) {
        const double value = block.at(r, c * step);
        if (std::isfinite(value)) values[static_cast<std::size_t>(c)].push_back(value);
      }
    }
  }
  pool.for_each(columns, [&](Index c) {
    const auto at = static_cast<std::size_t>(c * step);
    summary.columns[at] = summary_of(values[static_cast<std::size_t>(c)], summary.rows,
                                     table.columns.empty() ? nullptr : &table.columns[at]);
  });
  return summary;
}

}  // namespace hourglass
