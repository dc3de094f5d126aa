#include "data/recording.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"
#include "data/reader.h"

namespace hourglass {
namespace {

constexpr Index kMostNumbers = Index{1} << 26;
constexpr Index kRowsAtATime = 1024;

void check(const Table& table, Index shortest) {
  for (Index c = 0; c < static_cast<Index>(table.columns.size()); ++c) {
    if (table.columns[static_cast<std::size_t>(c)].kind != ColumnKind::kCategorical) continue;
    data_error(fmt::format("{}: column {} ({}) holds categories: a recording is numbers alone",
                           table.source, c + 1, table.column_name(c)));
  }
  if (table.rows() > kMostNumbers / std::max<Index>(1, table.cols())) {
    data_error(
        fmt::format("{} holds {} x {} numbers: a recording to take noise from holds at "
                    "most {}; give a part of it",
                    table.source, table.rows(), table.cols(), kMostNumbers));
  }
  if (table.rows() * table.cols() < shortest) {
    data_error(fmt::format("{} holds {} numbers and a sample has {}: give a longer recording",
                           table.source, table.rows() * table.cols(), shortest));
  }
}

}  // namespace

Recording read_recording(const std::string& path, Index shortest) {
  ReadOptions options;
  options.memory_limit_bytes = kMostNumbers * static_cast<Index>(sizeof(double));
  const Table table = read_table(path, options);
  check(table, shortest);
  const Index rows = table.rows();
  const Index cols = table.cols();
  Recording recording;
  recording.series.reserve(static_cast<std::size_t>(rows * cols));
  std::vector<double> block(static_cast<std::size_t>(std::min(rows, kRowsAtATime) * cols));
  double sum = 0;
  for (Index begin = 0; begin < rows; begin += kRowsAtATime) {
    const Index end = std::min(rows, begin + kRowsAtATime);
    table.store->read(begin, end, block.data());
    for (Index i = 0; i < (end - begin) * cols; ++i) {
      const double value = block[static_cast<std::size_t>(i)];
      sum += value;
      recording.series.push_back(static_cast<float>(value));
    }
  }
  const auto [low, high] = std::ranges::minmax(recording.series);
  if (low == high) {
    data_error(
        fmt::format("{} is silent: all its numbers are {}; give another recording", path, low));
  }
  const auto mean = static_cast<float>(sum / static_cast<double>(recording.series.size()));
  for (float& value : recording.series) value -= mean;
  return recording;
}

}  // namespace hourglass
