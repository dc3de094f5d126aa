#include "data/csv.h"

#include <cmath>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/byte_store.h"
#include "data/column_choice.h"
#include "data/csv_plan.h"
#include "data/csv_scanner.h"
#include "data/missing.h"
#include "data/row_store.h"
#include "data/text_number.h"
#include "data/utf8.h"

namespace hourglass {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxLevels = 1'000'000;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};
using LevelMap = std::unordered_map<std::string, Index, TextHash, std::equal_to<>>;

// Turns cells into the numbers of one row after another.
class RowBuilder {
 public:
  RowBuilder(CsvPlan* plan, const CsvFacts& facts, const ReadOptions& options,
             const std::string& path)
      : plan_(*plan), facts_(facts), options_(options), path_(path), levels_(plan->columns.size()) {
    for (std::size_t t = 0; t < plan_.columns.size(); ++t) {
      for (const std::string& level : plan_.columns[t].levels) {
        levels_[t].emplace(level, static_cast<Index>(levels_[t].size()));
      }
    }
  }

  // Where the next row's numbers go, and what the row is called in messages.
  void aim(double* row, Index row_number) {
    row_ = row;
    row_number_ = row_number;
  }
  bool row_has_missing() const { return missing_; }
  /// What a user should know about cells that were read as something else; may be empty.
  const std::vector<std::string>& warnings() const { return warnings_; }

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
    row_[plan_.target[static_cast<std::size_t>(column)]] = value;
  }
  void text(Index column, std::string_view text) {
    if (column >= facts_.width()) return;
    const CellUse use = plan_.use[static_cast<std::size_t>(column)];
    if (use == CellUse::kNumeric) put_number(column, text);
    if (use == CellUse::kCategorical) put_level(column, text);
  }

  // Once the row is whole: complains about the first cell that cannot be used.
  void check_row(Index columns, Index line) const {
    if (columns != facts_.width()) {
      data_error(fmt::format("{}: row {} (line {}) has {} cell{} where {} {} expected", path_,
                             row_number_, line, columns, columns == 1 ? "" : "s", facts_.width(),
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
    if (missing_ && options_.missing == MissingPolicy::kError) {
      data_error(
          fmt::format("{} is {}{}", place(first_missing_, line), missing_words_, missing_advice()));
    }
  }

 private:
  std::string place(Index column, Index line) const {
    const std::string& name = facts_.names[static_cast<std::size_t>(column)];
    const std::string number = fmt::format("column {}", column + 1);
    return fmt::format("{}: row {} (line {}), {}", path_, row_number_, line,
                       name == number ? number : fmt::format("{} ('{}')", number, shown(name)));
  }

  void put_missing(Index column, std::string_view words) {
    if (!missing_) {
      missing_ = true;
      first_missing_ = column;
      missing_words_ = words;
    }
    row_[plan_.target[static_cast<std::size_t>(column)]] = kNaN;
  }

  void put_number(Index column, std::string_view text) {
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

  // Says it of the first such cell alone.
  void note_conversion(Index column) {
    if (!warnings_.empty()) return;
    warnings_.push_back(fmt::format(
        "{}: row {}, column {} ('{}') is not UTF-8; such cells were read as "
        "Windows-1252",
        path_, row_number_, column + 1, shown(facts_.names[static_cast<std::size_t>(column)])));
  }

  void put_level(Index column, std::string_view text) {
    if (text.empty()) return put_missing(column, "empty");
    const auto t = static_cast<std::size_t>(plan_.target[static_cast<std::size_t>(column)]);
    LevelMap& levels = levels_[t];
    const auto found = levels.find(text);
    if (found != levels.end()) {
      row_[t] = static_cast<double>(found->second);
    } else if (!is_utf8(text)) {
      note_conversion(column);
      put_level(column, as_utf8(text));
    } else if (plan_.levels_are_known) {
      row_[t] = -1;
    } else {
      if (++level_count_ > kMaxLevels) {
        data_error(
            fmt::format("{}: column '{}' holds more than {} different texts; leave it out "
                        "with --drop",
                        path_, facts_.names[static_cast<std::size_t>(column)], kMaxLevels));
      }
      row_[t] = static_cast<double>(levels.size());
      levels.emplace(text, static_cast<Index>(levels.size()));
      plan_.columns[t].levels.emplace_back(text);
    }
  }

  CsvPlan& plan_;
  const CsvFacts& facts_;
  const ReadOptions& options_;
  const std::string& path_;
  std::vector<LevelMap> levels_;
  std::size_t level_count_ = 0;
  double* row_ = nullptr;
  Index row_number_ = 0;
  bool missing_ = false;
  Index first_missing_ = -1;
  std::string missing_words_;
  Index bad_cell_ = -1;
  std::string bad_text_;
  std::vector<std::string> warnings_;
};

// Skips the header.
struct IgnoreRow {
  void begin_row() {}
  bool wants_number(Index) const { return false; }
  void number(Index, double) {}
  void text(Index, std::string_view) {}
};

CsvScanner scanner_at_first_row(const InputFile& input, const CsvFacts& facts,
                                const CsvTuning& tuning) {
  CsvScanner scanner(input.open(), facts.dialect, input.path(), tuning.chunk_bytes);
  IgnoreRow ignore;
  if (facts.has_header) scanner.next_row(ignore);
  return scanner;
}

}  // namespace

Table read_csv(const InputFile& input, const ReadOptions& options) {
  return read_csv(input, options, CsvTuning());
}

Table read_csv(const InputFile& input, const ReadOptions& options, const CsvTuning& tuning) {
  const CsvFacts facts = sniff_csv(input, options.expected, tuning);
  CsvPlan plan = plan_csv(facts, options, input.path());
  CsvScanner scanner = scanner_at_first_row(input, facts, tuning);
  RowBuilder builder(&plan, facts, options, input.path());
  ByteStoreWriter writer(static_cast<std::uint64_t>(options.memory_limit_bytes),
                         options.scratch_folder);
  RowLayout layout;
  layout.type = double_type();
  layout.cols = static_cast<Index>(plan.columns.size());
  const Index block_rows = rows_per_block(layout.row_bytes());
  std::vector<double> block(static_cast<std::size_t>(block_rows * layout.cols));
  Table table;
  Index in_block = 0;
  const auto flush = [&] {
    writer.append(block.data(), static_cast<std::size_t>(in_block) * layout.row_bytes());
    layout.rows += in_block;
    in_block = 0;
    throw_if_interrupted();
    if (options.progress) options.progress(scanner.fraction());
  };
  for (Index row = 0;; ++row) {
    builder.aim(block.data() + in_block * layout.cols, row + 1);
    if (!scanner.next_row(builder)) break;
    builder.check_row(scanner.columns(), scanner.line());
    if (row == 0) table.first_row_number = scanner.line();
    if (builder.row_has_missing() && options.missing == MissingPolicy::kDrop) {
      table.left_out_rows.push_back(row);
    } else if (++in_block == block_rows) {
      flush();
    }
  }
  flush();
  table.store = make_row_store(writer.finish(), layout);
  table.columns = std::move(plan.columns);
  table.sample_shape = {layout.cols};
  table.source = input.path();
  table.warnings = std::move(plan.warnings);
  table.warnings.insert(table.warnings.end(), builder.warnings().begin(), builder.warnings().end());
  report_left_out_rows(&table);
  return table;
}

std::vector<std::string> read_csv_column(const InputFile& input, const std::string& name) {
  struct OneColumn {
    Index wanted;
    std::string cell;
    void begin_row() { cell.clear(); }
    bool wants_number(Index) const { return false; }
    void number(Index, double) {}
    void text(Index column, std::string_view text) {
      if (column == wanted) cell = as_utf8(text);
    }
  };
  const CsvTuning tuning;
  const CsvFacts facts = sniff_csv(input, nullptr, tuning);
  OneColumn column{0, {}};
  if (!name.empty()) {
    column.wanted = find_column_or_fail(facts.names, facts.width(), name, input.path());
  }
  CsvScanner scanner = scanner_at_first_row(input, facts, tuning);
  std::vector<std::string> cells;
  while (scanner.next_row(column)) cells.push_back(std::move(column.cell));
  return cells;
}

std::vector<std::string> csv_column_names(const InputFile& input) {
  return sniff_csv(input, nullptr, CsvTuning()).names;
}

}  // namespace hourglass
