#pragma once

#include <cstdint>
#include <vector>

#include "data/column_summary.h"
#include "data/row_stream.h"

namespace hourglass {

/// What of one column came by.
struct ColumnCounts {
  std::vector<double> cells;  ///< as ColumnSummary::shares
  double missing = 0;
};

/// Counts the cells of rows on their way past by the cells of a summary: all pieces of a short
/// stream and 16 to 32 evenly spaced ones of a long one, so that what it takes does not grow with
/// the rows. The same counts for any number of threads.
class ColumnCounter final : public RowStream {
 public:
  /// Keeps references to both.
  ColumnCounter(const TableSummary& summary, RowStream& rows);

  Index cols() const override { return rows_.cols(); }
  Index rows_ahead() const override { return rows_.rows_ahead(); }
  void prepare(int places, int workers) override;
  bool take(int place) override;
  Rows read(int place, int worker) override;
  void settle(int place) override { rows_.settle(place); }
  double fraction() const override { return rows_.fraction(); }

  /// Once all rows have come by; one a column.
  std::vector<ColumnCounts> counts() const;

 private:
  // Pieces 0, 1, 2, … are told apart by how often their number can be halved: only those that can
  // be often enough are counted in the end, so later ones that cannot need not be at all.
  using Counts = std::vector<std::uint32_t>;

  void count(const Rows& piece, Counts& counts) const;

  const TableSummary& summary_;
  RowStream& rows_;
  std::vector<std::size_t> first_cell_;         // of each column; the last is of missing cells
  std::vector<Index> piece_at_;                 // the number of the piece in each place
  std::vector<std::vector<Counts>> of_worker_;  // by halvings; empty until needed
  Index pieces_ = 0;
};

}  // namespace hourglass
