#pragma once

#include <vector>

#include "data/encoding.h"
#include "hourglass/detect.h"

namespace hourglass {

/// Orders the columns of one row after another by their errors and puts them into words. One
/// thread's. Keeps a reference to the encoding.
class RowExplainer {
 public:
  /// `columns`: how many to name for each row, at most the table's.
  RowExplainer(const Encoding& encoding, Index columns);

  /// `errors`: features numbers, this row's standardised squared errors; `raw`: its cells;
  /// `reconstruction`: features numbers. The columns with the largest errors, largest first.
  std::vector<Contribution> explain(const double* errors, const double* raw,
                                    const float* reconstruction);

 private:
  const Encoding& encoding_;
  Index columns_;
  std::vector<double> column_error_;
  std::vector<std::size_t> order_;
  std::vector<double> expected_;
};

}  // namespace hourglass
