#include "data/time_column.h"

#include <cctype>
#include <fmt/format.h>
#include <vector>

#include "base/error.h"
#include "base/index.h"
#include "data/csv.h"
#include "data/csv_sniff.h"
#include "data/reader.h"
#include "data/text_number.h"

namespace hourglass {
namespace {

// Dates that begin with a year of four digits are in the order of their letters.
bool begins_with_year(const std::string& cell) {
  constexpr std::size_t kDigits = 4;
  if (cell.size() <= kDigits) return false;
  for (std::size_t i = 0; i < kDigits; ++i) {
    if (std::isdigit(static_cast<unsigned char>(cell[i])) == 0) return false;
  }
  return std::isdigit(static_cast<unsigned char>(cell[kDigits])) == 0;
}

}  // namespace

void check_order_of_time(const InputFile& input, const std::string& column) {
  if (!open_text_table(input.path())) {
    data_error(fmt::format("{} has no column '{}' of times: --time is for text tables",
                           input.path(), column));
  }
  const std::vector<std::string> times = read_csv_column(input, column);
  double before = 0;
  for (std::size_t row = 0; row < times.size(); ++row) {
    const auto refuse = [&](const std::string& what) {
      data_error(fmt::format("{}: row {}, column '{}' ({}) {}", input.path(), row + 1, column,
                             shown(times[row]), what));
    };
    double now = 0;
    const bool number = classify_cell(times[row], &now) == CellKind::kNumber;
    if (!number && !begins_with_year(times[row])) {
      refuse("is no time: give numbers, or dates that begin with the year");
    }
    const bool earlier = row > 0 && (number ? now < before : times[row] < times[row - 1]);
    if (earlier) refuse("lies before the row above: sort the rows by time");
    before = now;
  }
}

}  // namespace hourglass
