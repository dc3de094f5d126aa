#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "data/encoding.h"
#include "data/scaling.h"

namespace hourglass {
namespace {

// The levels that get a feature of their own, ascending: those in the training rows, at most
// `limit`, the most frequent first and the earlier one where two are equally frequent.
std::vector<Index> levels_to_keep(const std::vector<Index>& counts, Index limit) {
  std::vector<Index> levels;
  for (std::size_t level = 0; level < counts.size(); ++level) {
    if (counts[level] > 0) levels.push_back(static_cast<Index>(level));
  }
  if (std::ssize(levels) > limit) {
    std::ranges::stable_sort(levels, std::greater(),
                             [&](Index level) { return counts[static_cast<std::size_t>(level)]; });
    levels.resize(static_cast<std::size_t>(limit));
    std::ranges::sort(levels);
  }
  return levels;
}

void learn_levels(ColumnEncoding& column, const ColumnStatistics& statistics, Index limit,
                  bool keep_constant) {
  column.kept_levels = levels_to_keep(statistics.level_counts, limit);
  const auto seen = static_cast<Index>(std::ranges::count_if(
                        statistics.level_counts, [](Index count) { return count > 0; })) +
                    (statistics.other_count > 0 ? 1 : 0);
  if (seen == 0 || (seen == 1 && !keep_constant)) {
    column.dropped = true;
    column.constant = statistics.count == 0        ? std::numeric_limits<double>::quiet_NaN()
                      : column.kept_levels.empty() ? -1
                                                   : static_cast<double>(column.kept_levels[0]);
  }
  // All levels kept is the usual case and needs no list.
  if (column.dropped || column.kept_levels.size() == column.column.levels.size()) {
    column.kept_levels.clear();
  }
}

void learn_range(ColumnEncoding& column, const ColumnStatistics& statistics, bool keep_constant) {
  column.observed_min = statistics.min;
  column.observed_max = statistics.max;
  if (statistics.min == statistics.max && !keep_constant) {
    column.dropped = true;
    column.constant =
        statistics.count == 0 ? std::numeric_limits<double>::quiet_NaN() : statistics.min;
  }
}

// Images keep pixels that are always black: every sample must keep its shape. And of one row alone
// nothing can be said to be constant.
bool keeps_constant_columns(const Table& table, const std::vector<Index>& rows,
                            const EncodingOptions& options) {
  return options.keep_shape || table.unit_interval || table.sample_shape.size() > 1 ||
         rows.size() < 2;
}

void report_dropped(const Encoding& encoding, std::vector<std::string>* notes) {
  constexpr std::size_t kNamed = 8;
  if (notes == nullptr) return;
  std::vector<std::string> names;
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const ColumnEncoding& column = encoding.columns[c];
    if (!column.dropped) continue;
    names.push_back(encoding.column_name(static_cast<Index>(c)));
  }
  if (names.empty()) return;
  if (names.size() <= kNamed) {
    notes->push_back(
        fmt::format("left out, as constant over the training rows: {}", fmt::join(names, ", ")));
  } else {
    notes->push_back(
        fmt::format("left out {} columns that are constant over the training rows", names.size()));
  }
}

}  // namespace

Encoding learn_encoding(const Table& table, const std::vector<Index>& training_rows,
                        const EncodingOptions& options, std::vector<std::string>* notes) {
  const std::vector<ColumnStatistics> statistics = measure_columns(table, training_rows);
  Encoding encoding;
  encoding.scaling = choose_scaling(table, statistics, options, notes);
  encoding.sample_shape = table.sample_shape;
  encoding.unit_interval = table.unit_interval;
  encoding.columns.resize(statistics.size());
  const bool keep_constant = keeps_constant_columns(table, training_rows, options);
  for (std::size_t c = 0; c < statistics.size(); ++c) {
    ColumnEncoding& column = encoding.columns[c];
    if (!table.columns.empty()) column.column = table.columns[c];
    if (column.column.kind == ColumnKind::kCategorical) {
      learn_levels(column, statistics[c], options.max_levels, keep_constant);
    } else {
      learn_range(column, statistics[c], keep_constant);
    }
  }
  report_dropped(encoding, notes);
  set_scales(encoding, table, training_rows, statistics);
  encoding.lay_out_features();
  if (encoding.features == 0) {
    data_error(
        fmt::format("{}: every column is constant over the {} training rows; there is "
                    "nothing to learn",
                    table.source, training_rows.size()));
  }
  return encoding;
}

}  // namespace hourglass
