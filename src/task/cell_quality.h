#pragma once

#include <vector>

#include "data/encoding.h"
#include "data/table.h"
#include "hourglass/missing_cells.h"

namespace hourglass {

/// How near what missing cells were filled with is to what they held.
class CellQuality {
 public:
  /// `clean`: the same table with nothing missing, read for the model. Goes through it once, for
  /// the standard deviations of its columns, and keeps a reference.
  CellQuality(const Table& clean, const Encoding& encoding);

  /// Another piece of rows, the next ones.
  void begin(Index first, Index count);
  /// A cell of it, `row` counted from its first. Where the clean table lacks it too it counts
  /// nowhere.
  void add(Index row, Index column, double filled);

  /// Figures of the columns, into those there are, and of all together.
  void tell(CellsReport& report) const;

 private:
  struct Sum {
    double deviation = 0;  // of a number's column in the clean table
    double error = 0;      // squared and standardised; of categories how many were missed
    Index cells = 0;
  };
  bool is_number(Index column) const;

  const Table& clean_;
  const Encoding& encoding_;
  std::vector<double> rows_;
  std::vector<Sum> sums_;
};

}  // namespace hourglass
