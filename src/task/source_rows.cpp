#include "task/source_rows.h"

namespace hourglass {

std::vector<std::int64_t> source_rows(const Table& table, Index rows) {
  std::vector<std::int64_t> numbers;
  if (table.left_out_rows.empty()) return numbers;
  auto left_out = table.left_out_rows.begin();
  for (Index source = 0; std::ssize(numbers) < rows; ++source) {
    if (left_out != table.left_out_rows.end() && *left_out == source) {
      ++left_out;
    } else {
      numbers.push_back(source + 1);
    }
  }
  return numbers;
}

}  // namespace hourglass
