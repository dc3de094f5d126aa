#pragma once

#include <vector>

#include "data/table.h"

namespace hourglass {

/// What the training rows say about one column.
struct ColumnStatistics {
  Index count = 0;  ///< cells that are there
  double mean = 0;
  double squares = 0;  ///< Σ (value − mean)²
  double min = 0, max = 0;
  std::vector<Index> level_counts;  ///< of a categorical column: cells with each level
  Index other_count = 0;            ///< of a categorical column: cells with none of its levels

  double variance() const { return count > 0 ? squares / static_cast<double>(count) : 0; }
};

/// One pass over the rows; missing cells (NaN, infinite) left out. float64 throughout: blocks
/// summed about the mean so far and merged by Chan, Golub & LeVeque (1983).
std::vector<ColumnStatistics> measure_columns(const Table& table, const std::vector<Index>& rows);

/// log(1 + |value|) with the value's sign: near the value where that is small.
double signed_log(double value);

/// What the training rows say about one column of counts.
struct CountStatistics {
  Index rows = 0;      ///< where it is not 0
  double squares = 0;  ///< Σ signed_log(value)²
};
/// One pass over the rows, for the columns asked for; missing cells left out.
std::vector<CountStatistics> measure_counts(const Table& table, const std::vector<Index>& rows,
                                            const std::vector<Index>& columns);

struct Quartiles {
  double lower = 0, median = 0, upper = 0;
};

/// Quartiles, interpolated linearly, of the columns asked for: exact up to 1,000,000 rows, from
/// every k-th row beyond. Memory stays under about 80 MB: columns are taken in groups, with one
/// pass over the rows for each group. A column without a number gives zeros.
std::vector<Quartiles> measure_quartiles(const Table& table, const std::vector<Index>& rows,
                                         const std::vector<Index>& columns);

}  // namespace hourglass
