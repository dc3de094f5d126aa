#include "task/nearest_rows.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "linalg/nearest_neighbours.h"
#include "task/part_of.h"
#include "task/source_rows.h"

namespace hourglass {
namespace {

constexpr Index kNumbersAtOnce = 8'000'000;
constexpr Index kRowsAtOnce = 256;

Index rows_in_part(const Encoding& encoding) {
  return std::max(kRowsAtOnce, kNumbersAtOnce / encoding.features);
}

Matrix<float> features_of(const Encoding& encoding, const Table& table, Range rows) {
  Matrix<float> features(rows.size(), encoding.features);
  Matrix<double> raw(std::min(kRowsAtOnce, rows.size()), table.cols());
  for (Index begin = rows.begin; begin < rows.end; begin += kRowsAtOnce) {
    const Index end = std::min(rows.end, begin + kRowsAtOnce);
    table.store->read(begin, end, raw.data());
    encode_rows(encoding, raw.data(), end - begin, features.row(begin - rows.begin), nullptr);
  }
  return features;
}

// The nearest of one row so far: squared distances and rows, nearest first.
using Nearest = std::vector<std::pair<double, Index>>;

// Adds the neighbours found in a part that begins at row `begin`, without the row `itself`.
void add(Nearest& nearest, const Neighbours& found, Index query, Index begin, Index itself,
         std::size_t count) {
  for (Index i = 0; i < found.rows.cols(); ++i) {
    const Index row = begin + found.rows.at(query, i);
    if (row != itself) nearest.emplace_back(found.squared_distance.at(query, i), row);
  }
  std::sort(nearest.begin(), nearest.end());
  if (nearest.size() > count) nearest.resize(count);
}

}  // namespace

NearestRows nearest_rows(const Encoding& encoding, const Table& table, const Table* among,
                         Index count, ThreadPool& pool, const ProgressCallback& progress) {
  const Table& known = among != nullptr ? *among : table;
  check_table_fits(encoding, table);
  check_table_fits(encoding, known);
  const Index itself = among == nullptr ? 1 : 0;
  count = std::min(count, known.rows() - itself);
  if (count < 1) {
    data_error(fmt::format("{}: there is no row to be near to; give more rows", known.source));
  }
  const std::vector<std::int64_t> numbers = source_rows(known, known.rows());
  const auto tell = share_of_stage(progress, "looking for the nearest rows");
  NearestRows result;
  result.count = count;
  const Index part = rows_in_part(encoding);
  for (Index from = 0; from < table.rows(); from += part) {
    const Range asked{from, std::min(table.rows(), from + part)};
    const Matrix<float> queries = features_of(encoding, table, asked);
    std::vector<Nearest> nearest(static_cast<std::size_t>(asked.size()));
    for (Index begin = 0; begin < known.rows(); begin += part) {
      const Range rows{begin, std::min(known.rows(), begin + part)};
      const Matrix<float> features = features_of(encoding, known, rows);
      const Neighbours found = nearest_neighbours(features.view(), queries.view(),
                                                  std::min(count + itself, rows.size()), pool);
      for (Index q = 0; q < asked.size(); ++q) {
        add(nearest[static_cast<std::size_t>(q)], found, q, begin, itself > 0 ? from + q : -1,
            static_cast<std::size_t>(count));
      }
      if (tell) {
        const auto rows_done = static_cast<double>(rows.end) / static_cast<double>(known.rows());
        tell((static_cast<double>(from) + rows_done * static_cast<double>(asked.size())) /
             static_cast<double>(table.rows()));
      }
    }
    for (const Nearest& of_row : nearest) {
      for (const auto& [squared, row] : of_row) {
        result.row.push_back(numbers.empty() ? row + 1 : numbers[static_cast<std::size_t>(row)]);
        result.distance.push_back(std::sqrt(squared));
      }
    }
  }
  return result;
}

}  // namespace hourglass
