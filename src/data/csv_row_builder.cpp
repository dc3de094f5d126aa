#include "data/csv_row_builder.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/missing.h"
#include "data/text_number.h"
#include "data/utf8.h"

namespace hourglass {

void too_many_levels(const std::string& path, const std::string& column) {
  data_error(
      fmt::format("{}: column '{}' holds more than {} different texts; leave it out with --drop",
                  path, column, kMaxLevels));
}

std::vector<LevelMap> level_maps(const std::vector<Column>& columns) {
  std::vector<LevelMap> maps(columns.size());
  for (std::size_t t = 0; t < columns.size(); ++t) {
    for (const std::string& level : columns[t].levels) {
      maps[t].emplace(level, static_cast<Index>(maps[t].size()));
    }
  }
  return maps;
}

void CsvRowBuilder::complain(Index columns, Index line) const {
  if (columns != facts_.width()) {
    data_error(fmt::format("{}: row {} (line {}) has {} cell{} where {} {} expected", path_,
                           row_ + 1, line, columns, columns == 1 ? "" : "s", facts_.width(),
                           facts_.width() == 1 ? "is" : "are"));
  }
  if (bad_cell_ >= 0) {
    const std::string& name = facts_.names[static_cast<std::size_t>(bad_cell_)];
    const bool known = plan_.levels_are_known;
    data_error(fmt::format("{} is not a number: '{}'; {}", place(bad_cell_, line), bad_text_,
                           known ? "the model learned numbers there"
                                 : fmt::format("correct it, or read the column as categories "
                                               "with --categorical '{}'",
                                               name)));
  }
  data_error(
      fmt::format("{} is {}{}", place(first_missing_, line), missing_words_, missing_advice()));
}

std::string CsvRowBuilder::place(Index column, Index line) const {
  const std::string& name = facts_.names[static_cast<std::size_t>(column)];
  const std::string number = fmt::format("column {}", column + 1);
  return fmt::format("{}: row {} (line {}), {}", path_, row_ + 1, line,
                     name == number ? number : fmt::format("{} ('{}')", number, shown(name)));
}

void CsvRowBuilder::put_missing(Index column, std::string_view words) {
  if (!missing_) {
    missing_ = true;
    first_missing_ = column;
    missing_words_ = words;
  }
  numbers_[plan_.target[static_cast<std::size_t>(column)]] =
      std::numeric_limits<double>::quiet_NaN();
}

void CsvRowBuilder::put_number(Index column, std::string_view text) {
  double value = 0;
  const CellKind kind = classify_cell(text, &value);
  if (kind == CellKind::kNumber) return number(column, value);
  if (kind == CellKind::kEmpty) return put_missing(column, "empty");
  if (kind == CellKind::kMissingWord) {
    return put_missing(column, fmt::format("missing ('{}')", text));
  }
  if (bad_cell_ < 0) {
    bad_cell_ = column;
    bad_text_ = shown(text);
  }
}

void CsvRowBuilder::put_level(Index column, std::string_view text) {
  if (text.empty()) return put_missing(column, "empty");
  const auto t = static_cast<std::size_t>(plan_.target[static_cast<std::size_t>(column)]);
  const LevelMap& levels = plan_.levels_are_known ? known_[t] : level_at_[t];
  const auto found = levels.find(text);
  if (found != levels.end()) {
    numbers_[t] = static_cast<double>(found->second);
  } else if (!is_utf8(text)) {
    if (converted_.empty()) converted_.push_back({row_, column});
    put_level(column, as_utf8(text));
  } else if (plan_.levels_are_known) {
    numbers_[t] = -1;
  } else {
    if (++level_count_ > kMaxLevels) {
      too_many_levels(path_, facts_.names[static_cast<std::size_t>(column)]);
    }
    const auto level = static_cast<Index>(new_levels_[t].size());
    numbers_[t] = static_cast<double>(level);
    level_at_[t].emplace(text, level);
    new_levels_[t].emplace_back(text);
  }
}

}  // namespace hourglass
