#include "model/saved_columns.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/error.h"
#include "model/saved_encoding.h"

namespace hourglass {
namespace {

struct NumberList {
  const char* tensor;
  std::vector<double> SummaryNumbers::*list;
};
constexpr NumberList kLists[] = {
    {"columns.rows", &SummaryNumbers::rows},       {"columns.cells", &SummaryNumbers::cells},
    {"columns.missing", &SummaryNumbers::missing}, {"columns.values", &SummaryNumbers::values},
    {"columns.shares", &SummaryNumbers::shares},
};

bool is_share(double value) { return value >= 0 && value <= 1 + 1e-9; }

// Deals a list out from front to back.
class Dealer {
 public:
  explicit Dealer(const std::vector<double>& list) : list_(list) {}

  bool deal(double count, std::vector<double>& to) {
    if (!(count >= 0 && count <= static_cast<double>(list_.size() - next_))) return false;
    const auto begin = list_.begin() + static_cast<std::ptrdiff_t>(next_);
    to.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    next_ += to.size();
    return true;
  }
  bool done() const { return next_ == list_.size(); }

 private:
  const std::vector<double>& list_;
  std::size_t next_ = 0;
};

// How many cells a summarised column may have.
bool fits(double cells, const Column& column) {
  if (cells == 0) return true;
  if (column.kind == ColumnKind::kCategorical) {
    return cells == static_cast<double>(column.levels.size() + 1);
  }
  return cells > 0 && std::fmod(cells, 2) == 1;
}

bool is_sound(const ColumnSummary& summary) {
  return std::all_of(summary.shares.begin(), summary.shares.end(), is_share) &&
         is_share(summary.missing) &&
         std::all_of(summary.values.begin(), summary.values.end(),
                     [](double value) { return std::isfinite(value); }) &&
         std::adjacent_find(summary.values.begin(), summary.values.end(),
                            [](double a, double b) { return a >= b; }) == summary.values.end();
}

}  // namespace

SummaryNumbers numbers_of(const TableSummary& summary) {
  SummaryNumbers numbers;
  if (summary.columns.empty()) return numbers;
  numbers.rows = {static_cast<double>(summary.rows)};
  for (const ColumnSummary& column : summary.columns) {
    numbers.cells.push_back(static_cast<double>(column.shares.size()));
    numbers.missing.push_back(column.missing);
    numbers.values.insert(numbers.values.end(), column.values.begin(), column.values.end());
    numbers.shares.insert(numbers.shares.end(), column.shares.begin(), column.shares.end());
  }
  return numbers;
}

std::vector<TensorBytes> tensors_of(const SummaryNumbers& numbers) {
  std::vector<TensorBytes> tensors;
  for (const NumberList& each : kLists) {
    const std::vector<double>& list = numbers.*each.list;
    if (!list.empty()) tensors.push_back(tensor_bytes(each.tensor, list));
  }
  return tensors;
}

TableSummary summary_from(std::map<std::string, TensorBytes>& tensors, const Encoding& encoding,
                          const std::string& what) {
  SummaryNumbers numbers;
  for (const NumberList& each : kLists) {
    numbers.*each.list = take_doubles(tensors, each.tensor, what);
  }
  TableSummary summary;
  if (numbers.rows.empty() && numbers.cells.empty()) return summary;
  const auto refuse = [&] { model_error(what + " does not fit the model's columns"); };
  const std::size_t columns = encoding.columns.size();
  const bool counted = numbers.rows.size() == 1 && numbers.rows[0] >= 1 && numbers.rows[0] <= 1e9;
  if (!counted || numbers.cells.size() != columns || numbers.missing.size() != columns) refuse();
  summary.rows = static_cast<Index>(numbers.rows[0]);
  summary.columns.resize(columns);
  Dealer values(numbers.values);
  Dealer shares(numbers.shares);
  for (std::size_t c = 0; c < columns; ++c) {
    ColumnSummary& column = summary.columns[c];
    const Column& known = encoding.columns[c].column;
    const double cells = numbers.cells[c];
    column.missing = numbers.missing[c];
    const bool numeric = known.kind == ColumnKind::kNumeric && cells > 0;
    if (!fits(cells, known) || !shares.deal(cells, column.shares) ||
        !values.deal(numeric ? (cells - 1) / 2 : 0, column.values) || !is_sound(column)) {
      refuse();
    }
  }
  if (!values.done() || !shares.done()) refuse();
  return summary;
}

}  // namespace hourglass
