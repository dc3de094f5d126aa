#include "data/missing.h"

#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {

std::string missing_advice() {
  return "; use --missing impute to leave such cells out of the loss, or --missing drop to leave "
         "out such rows";
}

void report_left_out_rows(Table* table) {
  const std::size_t left_out = table->left_out_rows.size();
  if (left_out == 0) return;
  if (table->rows() == 0) {
    data_error(
        fmt::format("{}: every row has a missing value, so --missing drop leaves none; use "
                    "--missing impute",
                    table->source));
  }
  table->warnings.push_back(fmt::format("{} of {} rows have a missing value and were left out",
                                        left_out,
                                        static_cast<std::size_t>(table->rows()) + left_out));
}

}  // namespace hourglass
