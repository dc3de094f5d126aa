#include "data/missing.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {

namespace {

// "rows 3, 7, 12 …": the first few, counted from 1.
std::string first_rows(const std::vector<Index>& rows) {
  constexpr std::size_t kShown = 10;
  std::string text = rows.size() == 1 ? "row" : "rows";
  for (std::size_t i = 0; i < std::min(kShown, rows.size()); ++i) {
    text += fmt::format("{} {}", i > 0 ? "," : "", rows[i] + 1);
  }
  return rows.size() > kShown ? text + " …" : text;
}

}  // namespace

std::string missing_advice() {
  return "; use --missing impute to leave such cells out of the loss, or --missing drop to leave "
         "out such rows";
}

void refuse_number(const std::string& source, Index row, Index column, double value) {
  data_error(fmt::format("{}: row {}, column {} is {}{}", source, row + 1, column + 1,
                         std::isnan(value) ? "NaN" : "infinite", missing_advice()));
}

void report_left_out_rows(Table* table, Index rows) {
  const std::size_t left_out = table->left_out_rows.size();
  if (left_out == 0) return;
  if (rows == 0) {
    data_error(
        fmt::format("{}: every row has a missing value, so --missing drop leaves none; use "
                    "--missing impute",
                    table->source));
  }
  table->warnings.push_back(
      fmt::format("{} of {} rows {} a missing value and {} left out: {}", left_out,
                  static_cast<std::size_t>(rows) + left_out, left_out == 1 ? "has" : "have",
                  left_out == 1 ? "was" : "were", first_rows(table->left_out_rows)));
}

}  // namespace hourglass
