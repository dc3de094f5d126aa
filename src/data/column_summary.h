#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"

namespace hourglass {

/// What the values of one column are like, as shares of its cells that are there.
struct ColumnSummary {
  /// Of a numeric column: some of its quantiles, ascending, each once.
  std::vector<double> values;
  /// Of a numeric column the shares below values[0], equal to it, between it and values[1], …,
  /// above the last: 2 · values + 1. Of a categorical one: those of no known level (−1) and of each
  /// level. Empty: not summarised.
  std::vector<double> shares;
  double missing = 0;  ///< share of all cells

  /// Which of the shares a value that is there belongs to.
  std::size_t cell_of(double value) const;
};

struct TableSummary {
  Index rows = 0;                      ///< that were looked at
  std::vector<ColumnSummary> columns;  ///< one a column of the table; empty: no summary
};

/// Summarises at most 4,096 columns, evenly spaced, by at most 10,000 rows, evenly spaced, fewer of
/// wide tables: a million numbers but at least 1,000 rows.
TableSummary summarise_columns(const Table& table, ThreadPool& pool);

}  // namespace hourglass
