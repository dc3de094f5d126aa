#include "task/source_rows.h"

namespace hourglass {

std::vector<std::int64_t> source_rows(const Table& table, Index rows) {
  std::vector<std::int64_t> numbers;
  if (table.series.empty() && table.left_out_rows.empty()) return numbers;
  const std::vector<Series> whole = {{"", rows}};
  auto left_out = table.left_out_rows.begin();
  Index source = 0;
  for (const Series& series : table.series.empty() ? whole : table.series) {
    const Index before = source;
    for (Index row = 0; row < series.rows; ++source) {
      if (left_out != table.left_out_rows.end() && *left_out == source) {
        ++left_out;
      } else {
        numbers.push_back(source - before + 1);
        ++row;
      }
    }
  }
  return numbers;
}

void tell_places(DetectionScores& result, const Table& table) {
  result.source_row = source_rows(table, std::ssize(result.anomaly_score));
  result.time = table.row_times;
  result.row_name = table.row_names;
  for (const Series& series : table.series) result.series.push_back({series.name, series.rows});
}

}  // namespace hourglass
