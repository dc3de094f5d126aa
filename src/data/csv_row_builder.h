#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/csv_plan.h"
#include "data/reader.h"

namespace hourglass {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
/// Texts and the positions they stand for.
using LevelMap = std::unordered_map<std::string, Index, TextHash, std::equal_to<>>;

/// Of each column the levels it has.
std::vector<LevelMap> level_maps(const std::vector<Column>& columns);

/// More different texts than this in all are not categories.
inline constexpr std::size_t kMaxLevels = 1'000'000;
[[noreturn]] void too_many_levels(const std::string& path, const std::string& column);

/// A cell that was not UTF-8: its row, counted from 0, and its column.
struct ConvertedCell {
  Index row;
  Index column;
};

/// A visitor of CsvScanner that turns cells into the numbers of one row after another. Levels that
/// the plan does not know are numbered as they appear here. Keeps references.
class CsvRowBuilder {
 public:
  /// `known`: of each of the table's columns the levels that are known; used where the plan says
  /// that all of them are.
  CsvRowBuilder(const CsvPlan& plan, const CsvFacts& facts, const ReadOptions& options,
                const std::string& path, const std::vector<LevelMap>& known)
      : plan_(plan),
        facts_(facts),
        options_(options),
        path_(path),
        known_(known),
        new_levels_(plan.columns.size()),
        level_at_(plan.levels_are_known ? 0 : plan.columns.size()) {}

  /// Where the next row's numbers go, and which row it is, counted from 0.
  void aim(double* numbers, Index row) {
    numbers_ = numbers;
    row_ = row;
  }
  bool row_has_missing() const { return missing_; }
  /// By the table's columns, in order of first appearance.
  const std::vector<std::vector<std::string>>& new_levels() const { return new_levels_; }
  /// The first of them, if any.
  const std::vector<ConvertedCell>& converted() const { return converted_; }

  void begin_row() {
    missing_ = false;
    first_missing_ = -1;
    bad_cell_ = -1;
  }
  bool wants_number(Index column) const {
    return column < facts_.width() &&
           plan_.use[static_cast<std::size_t>(column)] == CellUse::kNumeric;
  }
  void number(Index column, double value) {
    if (!std::isfinite(value)) return put_missing(column, std::isnan(value) ? "NaN" : "infinite");
    numbers_[plan_.target[static_cast<std::size_t>(column)]] = value;
  }
  void text(Index column, std::string_view text) {
    if (column >= facts_.width()) return;
    const CellUse use = plan_.use[static_cast<std::size_t>(column)];
    if (use == CellUse::kNumeric) put_number(column, text);
    if (use == CellUse::kCategorical) put_level(column, text);
  }

  /// Once the row is whole: complains about the first cell that cannot be used.
  void check_row(Index columns, Index line) const {
    const bool fits = columns == facts_.width() && bad_cell_ < 0;
    if (!fits || (missing_ && options_.missing == MissingPolicy::kError)) complain(columns, line);
  }

 protected:
  const CsvPlan& plan() const { return plan_; }
  Index row() const { return row_; }
  /// Whether a column of the file is one of the table's and the row holds no number there.
  bool is_hole(Index column) const {
    if (column >= facts_.width()) return false;
    const Index target = plan_.target[static_cast<std::size_t>(column)];
    return target >= 0 && std::isnan(numbers_[target]);
  }

 private:
  [[noreturn]] void complain(Index columns, Index line) const;
  std::string place(Index column, Index line) const;
  void put_missing(Index column, std::string_view words);
  void put_number(Index column, std::string_view text);
  void put_level(Index column, std::string_view text);

  const CsvPlan& plan_;
  const CsvFacts& facts_;
  const ReadOptions& options_;
  const std::string& path_;
  const std::vector<LevelMap>& known_;
  std::vector<std::vector<std::string>> new_levels_;
  std::vector<LevelMap> level_at_;
  std::size_t level_count_ = 0;
  double* numbers_ = nullptr;
  Index row_ = 0;
  bool missing_ = false;
  Index first_missing_ = -1;
  std::string missing_words_;
  Index bad_cell_ = -1;
  std::string bad_text_;
  std::vector<ConvertedCell> converted_;
};

}  // namespace hourglass
