#include "data/svmlight.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fast_float/fast_float.h>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/array_table.h"
#include "data/byte_store.h"
#include "data/column_choice.h"
#include "data/csv_sniff.h"
#include "data/line_scanner.h"
#include "data/missing.h"
#include "data/row_store.h"
#include "data/text_number.h"

namespace hourglass {
namespace {

constexpr Index kMaxIndex = 1'000'000;
// Dense rows may take this much whatever the file's size, and beyond that this many times its size.
constexpr std::uint64_t kFreeDenseBytes = std::uint64_t{256} << 20;
constexpr std::uint64_t kMaxExpansion = 1000;

struct Entry {
  Index index;
  double value;
};

// One line taken apart.
struct SparseRow {
  std::string_view label;
  std::vector<Entry> entries;
  std::string_view bad_word;  ///< the first that is not index:value; empty if the line is fine
};

std::string_view next_word(std::string_view* rest) {
  const std::size_t first = std::min(rest->find_first_not_of(" \t"), rest->size());
  rest->remove_prefix(first);
  const std::size_t end = std::min(rest->find_first_of(" \t"), rest->size());
  const std::string_view word = rest->substr(0, end);
  rest->remove_prefix(end);
  return word;
}

std::optional<Entry> parse_entry(std::string_view word) {
  Entry entry{};
  const char* last = word.data() + word.size();
  const auto [colon, error] = std::from_chars(word.data(), last, entry.index);
  if (error != std::errc() || colon == last || *colon != ':' || entry.index < 0)
    return std::nullopt;
  if (classify_cell({colon + 1, static_cast<std::size_t>(last - colon - 1)}, &entry.value) !=
      CellKind::kNumber) {
    return std::nullopt;
  }
  return entry;
}

// False for a line without a row: empty or a comment.
bool parse_line(std::string_view line, SparseRow* row) {
  line = line.substr(0, line.find('#'));
  row->entries.clear();
  row->bad_word = {};
  row->label = next_word(&line);
  if (row->label.empty()) return false;
  bool first = true;
  for (std::string_view word = next_word(&line); !word.empty(); word = next_word(&line)) {
    const bool query = first && word.starts_with("qid:");
    first = false;
    if (query) continue;
    const std::optional<Entry> entry = parse_entry(word);
    const bool ascending =
        entry && (row->entries.empty() || row->entries.back().index < entry->index);
    if (!ascending) {
      row->bad_word = word;
      return true;
    }
    row->entries.push_back(*entry);
  }
  return true;
}

struct Extent {
  Index rows = 0;
  Index smallest = std::numeric_limits<Index>::max();
  Index largest = -1;
  Index first_line = 1;
};

// Calls visit(row) for each row. Throws for the first line that is not svmlight.
template <class Visit>
void for_each_row(const InputFile& input, LineScanner& lines, Visit visit) {
  std::string_view line;
  SparseRow row;
  while (lines.next(&line)) {
    if (lines.number() == 1 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (!parse_line(line, &row)) continue;
    if (!row.bad_word.empty()) {
      data_error(fmt::format("{}: line {}: '{}' is not index:value with ascending indices",
                             input.path(), lines.number(), shown(row.bad_word)));
    }
    visit(row);
  }
}

Extent measure(const InputFile& input, const ReadOptions& options) {
  Extent extent;
  LineScanner lines(input.open(), input.path());
  for_each_row(input, lines, [&](const SparseRow& row) {
    if (extent.rows++ == 0) extent.first_line = lines.number();
    if (!row.entries.empty()) {
      extent.smallest = std::min(extent.smallest, row.entries.front().index);
      extent.largest = std::max(extent.largest, row.entries.back().index);
    }
    if (extent.largest > kMaxIndex) {
      data_error(fmt::format("{}: line {} has index {}; at most {} columns can be read",
                             input.path(), lines.number(), extent.largest, kMaxIndex));
    }
    if (extent.rows % 4096 == 0 && options.progress) options.progress(0.5 * lines.fraction());
  });
  if (extent.rows == 0) data_error(fmt::format("{} holds no rows", input.path()));
  if (extent.largest < 0) data_error(fmt::format("{} holds rows of no numbers", input.path()));
  return extent;
}

void check_dense_size(const InputFile& input, Index rows, Index cols) {
  const std::uint64_t bytes =
      static_cast<std::uint64_t>(rows) * static_cast<std::uint64_t>(cols) * sizeof(double);
  if (bytes > kFreeDenseBytes && bytes / kMaxExpansion > input.size()) {
    data_error(
        fmt::format("{} would take {} MB as {} rows of {} numbers, over {} times its size; "
                    "renumber its columns",
                    input.path(), bytes >> 20, rows, cols, kMaxExpansion));
  }
}

// The table's columns as positions in the file, by a model's names ("column 3").
std::vector<Index> expected_positions(const InputFile& input, const ReadOptions& options) {
  std::vector<Index> positions;
  if (options.expected == nullptr) return positions;
  for (const Column& column : *options.expected) {
    positions.push_back(find_column({}, kMaxIndex + 1, column.name));
    if (positions.back() < 0) {
      data_error(fmt::format("{} has no names for its columns, and the model needs '{}'",
                             input.path(), column.name));
    }
  }
  return positions;
}

class DenseRows {
 public:
  DenseRows(const InputFile& input, const ReadOptions& options, Index cols)
      : input_(input),
        options_(options),
        writer_(static_cast<std::uint64_t>(options.memory_limit_bytes), options.scratch_folder),
        row_(static_cast<std::size_t>(cols)) {
    layout_.type = double_type();
    layout_.cols = cols;
  }

  void add(const SparseRow& sparse, Index base, Index line) {
    std::fill(row_.begin(), row_.end(), 0.0);
    bool missing = false;
    for (const Entry& entry : sparse.entries) {
      const Index column = entry.index - base;
      if (column >= layout_.cols) {
        ++ignored_;
        continue;
      }
      const bool finite = std::isfinite(entry.value);
      if (!finite && options_.missing == MissingPolicy::kError) {
        data_error(fmt::format("{}: row {} (line {}), column {} is {}{}", input_.path(), seen_ + 1,
                               line, column + 1, std::isnan(entry.value) ? "NaN" : "infinite",
                               missing_advice()));
      }
      missing = missing || !finite;
      row_[static_cast<std::size_t>(column)] =
          finite ? entry.value : std::numeric_limits<double>::quiet_NaN();
    }
    if (missing && options_.missing == MissingPolicy::kDrop) {
      table_.left_out_rows.push_back(seen_);
    } else {
      writer_.append(row_.data(), row_.size() * sizeof(double));
      ++layout_.rows;
    }
    ++seen_;
  }

  Table finish() {
    table_.store = make_row_store(writer_.finish(), layout_);
    table_.sample_shape = {layout_.cols};
    table_.source = input_.path();
    if (ignored_ > 0) {
      table_.warnings.push_back(
          fmt::format("{} numbers are in columns beyond the model's {} and were left out", ignored_,
                      layout_.cols));
    }
    report_left_out_rows(&table_, table_.rows());
    return std::move(table_);
  }

 private:
  const InputFile& input_;
  const ReadOptions& options_;
  ByteStoreWriter writer_;
  RowLayout layout_;
  std::vector<double> row_;
  Index seen_ = 0;
  Index ignored_ = 0;
  Table table_;
};

}  // namespace

bool looks_like_svmlight(const InputFile& input) {
  std::string_view head = input.head();
  if (head.find('\0') != std::string_view::npos) return false;
  constexpr int kLines = 20;
  int with_entries = 0;
  for (int i = 0; i < kLines && !head.empty(); ++i) {
    const std::size_t end = head.find('\n');
    const std::string_view line = trimmed(head.substr(0, end));
    const bool whole = end != std::string_view::npos;
    head.remove_prefix(whole ? end + 1 : head.size());
    if (!whole && i > 0) break;  // the head may end within this line
    SparseRow row;
    if (!parse_line(line, &row)) continue;
    double value = 0;
    if (classify_cell(row.label, &value) != CellKind::kNumber) return false;
    // A first line longer than the head ends in half a word.
    const bool half = !whole && !row.entries.empty();
    if (!row.bad_word.empty() && !half) return false;
    with_entries += row.entries.empty() ? 0 : 1;
  }
  return with_entries > 0;
}

Table read_svmlight(const InputFile& input, const ReadOptions& options) {
  const Extent extent = measure(input, options);
  // Some programs count from 0; a file that does so shows it.
  const Index base = extent.smallest == 0 ? 0 : 1;
  const std::vector<Index> positions = expected_positions(input, options);
  const Index cols = positions.empty() ? extent.largest - base + 1
                                       : *std::max_element(positions.begin(), positions.end()) + 1;
  check_dense_size(input, extent.rows, cols);
  DenseRows dense(input, options, cols);
  LineScanner lines(input.open(), input.path());
  Index rows = 0;
  for_each_row(input, lines, [&](const SparseRow& row) {
    dense.add(row, base, lines.number());
    if (++rows % 4096 != 0) return;
    throw_if_interrupted();
    if (options.progress) options.progress(0.5 + 0.5 * lines.fraction());
  });
  Table table = dense.finish();
  table.first_row_number = extent.first_line;
  if (base == 0) {
    table.warnings.push_back("indices count from 0 here: 'column 1' is index 0");
  }
  if (!positions.empty()) {
    table.store = select_columns(table.store, positions);
    table.columns = *options.expected;
    table.sample_shape = {table.cols()};
    return table;
  }
  ReadOptions choice = options;
  std::erase(choice.drop, "label");  // as --labels calls it; it is no column anyway
  apply_column_options(choice, &table);
  if (table.columns.empty()) {
    for (Index c = 0; c < cols; ++c) {
      table.columns.push_back({fmt::format("column {}", c + 1), ColumnKind::kNumeric, {}});
    }
  }
  return table;
}

std::vector<std::string> read_svmlight_labels(const InputFile& input) {
  std::vector<std::string> labels;
  LineScanner lines(input.open(), input.path());
  for_each_row(input, lines, [&](const SparseRow& row) { labels.emplace_back(row.label); });
  return labels;
}

}  // namespace hourglass
