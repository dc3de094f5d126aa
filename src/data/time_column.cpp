#include "data/time_column.h"

#include <cctype>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
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

TimeOrder::TimeOrder(std::string source, std::string column)
    : source_(std::move(source)), column_(std::move(column)) {}

void TimeOrder::check(const std::string& time) {
  double number = 0;
  const bool is_number = classify_cell(time, &number) == CellKind::kNumber;
  if (!is_number && !begins_with_year(time)) {
    refuse(time, "is no time: give numbers, or dates that begin with the year");
  }
  const bool earlier = rows_ > 0 && (is_number ? number < last_number_ : time < last_);
  if (earlier) refuse(time, "lies before the row above: sort the rows by time");
  ++rows_;
  last_ = time;
  last_number_ = number;
}

void TimeOrder::refuse(const std::string& time, const char* what) const {
  data_error(fmt::format("{}: row {}, column '{}' ({}) {}", source_, rows_ + 1, column_,
                         shown(time), what));
}

std::vector<std::string> read_times(const InputFile& input, const std::string& column) {
  if (!open_text_table(input.path())) {
    data_error(fmt::format("{} has no column '{}' of times: --time is for text tables",
                           input.path(), column));
  }
  std::vector<std::string> times = read_csv_column(input, column);
  TimeOrder order(input.path(), column);
  for (const std::string& time : times) order.check(time);
  return times;
}

void keep_times(Table& table, std::vector<std::string> times) {
  auto left_out = table.left_out_rows.begin();
  Index row = 0;
  std::erase_if(times, [&](const std::string&) {
    const bool is_left_out = left_out != table.left_out_rows.end() && *left_out == row++;
    if (is_left_out) ++left_out;
    return is_left_out;
  });
  table.row_times = std::move(times);
}

}  // namespace hourglass
