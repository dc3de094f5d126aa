#pragma once

#include <string>
#include <vector>

#include "data/input_file.h"
#include "data/table.h"

namespace hourglass {

/// Looks at the times of a source's rows one after another. A time is a number or a date that
/// begins with the year.
class TimeOrder {
 public:
  TimeOrder(std::string source, std::string column);

  /// The next row's. Throws ErrorKind::kData naming the row if it is no time or lies before that of
  /// the row above.
  void check(const std::string& time);

 private:
  [[noreturn]] void refuse(const std::string& time, const char* what) const;

  std::string source_, column_;
  Index rows_ = 0;
  std::string last_;
  double last_number_ = 0;
};

/// The times of all rows, in order, as they stand in the column. Only text tables have such a
/// column.
std::vector<std::string> read_times(const InputFile& input, const std::string& column);

/// Gives the table its rows' times, of all that its source has: of those left out none is kept.
void keep_times(Table& table, std::vector<std::string> times);

}  // namespace hourglass
