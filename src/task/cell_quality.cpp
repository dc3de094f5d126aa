#include "task/cell_quality.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/interrupt.h"

namespace hourglass {
namespace {

constexpr Index kBlockRows = 4096;

// Mean and variance of what came, updated number by number (Welford 1962).
struct Spread {
  double mean = 0, squares = 0;
  Index count = 0;

  void add(double value) {
    if (!std::isfinite(value)) return;
    const double from_mean = value - mean;
    mean += from_mean / static_cast<double>(++count);
    squares += from_mean * (value - mean);
  }
  double deviation() const {
    return count == 0 ? 0 : std::sqrt(squares / static_cast<double>(count));
  }
};

double ratio(double sum, Index count) {
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

}  // namespace

CellQuality::CellQuality(const Table& clean, const Encoding& encoding)
    : clean_(clean), encoding_(encoding), sums_(static_cast<std::size_t>(clean.cols())) {
  std::vector<Spread> spreads(sums_.size());
  for (Index row = 0; row < clean.rows(); row += kBlockRows) {
    throw_if_interrupted();
    begin(row, std::min(kBlockRows, clean.rows() - row));
    for (std::size_t i = 0; i < rows_.size(); ++i) spreads[i % spreads.size()].add(rows_[i]);
  }
  for (std::size_t c = 0; c < sums_.size(); ++c) sums_[c].deviation = spreads[c].deviation();
}

bool CellQuality::is_number(Index column) const {
  return encoding_.columns[static_cast<std::size_t>(column)].column.kind == ColumnKind::kNumeric;
}

void CellQuality::begin(Index first, Index count) {
  rows_.resize(static_cast<std::size_t>(count * clean_.cols()));
  clean_.store->read(first, first + count, rows_.data());
}

void CellQuality::add(Index row, Index column, double filled) {
  const double wanted = rows_[static_cast<std::size_t>(row * clean_.cols() + column)];
  if (!std::isfinite(wanted) || std::isnan(filled)) return;
  Sum& sum = sums_[static_cast<std::size_t>(column)];
  if (!is_number(column)) {
    sum.error += filled == wanted ? 0 : 1;
    ++sum.cells;
  } else if (sum.deviation > 0) {
    const double error = (filled - wanted) / sum.deviation;
    sum.error += error * error;
    ++sum.cells;
  }
}

void CellQuality::tell(CellsReport& report) const {
  Sum numbers, categories;
  for (std::size_t c = 0; c < sums_.size(); ++c) {
    const bool number = is_number(static_cast<Index>(c));
    Sum& all = number ? numbers : categories;
    all.error += sums_[c].error;
    all.cells += sums_[c].cells;
    const double mean = ratio(sums_[c].error, sums_[c].cells);
    (number ? report.columns[c].rmse : report.columns[c].accuracy) =
        number ? std::sqrt(mean) : 1 - mean;
  }
  report.rmse = std::sqrt(ratio(numbers.error, numbers.cells));
  report.accuracy = 1 - ratio(categories.error, categories.cells);
}

}  // namespace hourglass
