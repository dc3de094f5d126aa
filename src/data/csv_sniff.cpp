#include "data/csv_sniff.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_map>

#include "base/error.h"
#include "data/text_number.h"
#include "data/utf8.h"

namespace hourglass {
namespace {

constexpr std::size_t kMaxDistinctTexts = 1'000'000;

// The cells of one row as texts.
struct RowOfTexts {
  std::vector<std::string> cells;
  void begin_row() { cells.clear(); }
  bool wants_number(Index) const { return false; }
  void number(Index, double) {}
  void text(Index, std::string_view text) { cells.emplace_back(text); }
};

// Counts what columns hold. A row is counted once it is whole, since a row that the buffer ends
// within is begun anew.
class FactCounter {
 public:
  explicit FactCounter(std::vector<CsvColumnFacts>* columns) : columns_(*columns) {}

  void begin_row() {
    numbers_.clear();
    texts_.clear();
  }
  bool wants_number(Index) const { return true; }
  void number(Index column, double) { numbers_.push_back(column); }
  void text(Index column, std::string_view text) { texts_.emplace_back(column, text); }

  void count_row() {
    const Index width = static_cast<Index>(columns_.size());
    for (const Index column : numbers_) {
      if (column < width) ++columns_[static_cast<std::size_t>(column)].numbers;
    }
    for (const auto& [column, text] : texts_) {
      if (column < width) count_text(columns_[static_cast<std::size_t>(column)], text);
    }
  }

 private:
  void count_text(CsvColumnFacts& facts, const std::string& text) {
    double value = 0;
    const CellKind kind = classify_cell(text, &value);
    if (kind == CellKind::kNumber) ++facts.numbers;
    if (kind == CellKind::kMissingWord) ++facts.missing_words;
    if (kind == CellKind::kEmpty) ++facts.empty;
    if (kind != CellKind::kText) return;
    ++facts.texts;
    if (looks_like_date(text)) ++facts.dates;
    if (distinct_texts_ < kMaxDistinctTexts && facts.distinct.insert(text).second) {
      ++distinct_texts_;
    }
  }

  std::vector<CsvColumnFacts>& columns_;
  std::vector<Index> numbers_;
  std::vector<std::pair<Index, std::string>> texts_;
  std::size_t distinct_texts_ = 0;
};

CellKind kind_of(const std::string& cell) {
  double value = 0;
  return classify_cell(cell, &value);
}

bool has_expected_name(const std::vector<std::string>& first, const std::vector<Column>& expected) {
  return std::any_of(expected.begin(), expected.end(), [&](const Column& column) {
    return kind_of(column.name) == CellKind::kText &&
           std::find(first.begin(), first.end(), column.name) != first.end();
  });
}

// In a table of texts alone: distinct names, none of which occurs below, above columns that do
// repeat themselves.
bool names_texts(const std::vector<std::string>& first, const std::vector<CsvColumnFacts>& below) {
  bool repeats = false;
  std::unordered_set<std::string> seen;
  for (std::size_t c = 0; c < first.size(); ++c) {
    const CsvColumnFacts& facts = below[c];
    if (facts.numbers > 0 || kind_of(first[c]) != CellKind::kText) return false;
    if (!seen.insert(first[c]).second || facts.distinct.count(first[c]) > 0) return false;
    repeats = repeats || static_cast<Index>(facts.distinct.size()) < facts.texts;
  }
  return repeats;
}

bool is_header(const std::vector<std::string>& first, const std::vector<CsvColumnFacts>& below) {
  for (std::size_t c = 0; c < first.size(); ++c) {
    const CsvColumnFacts& facts = below[c];
    if (kind_of(first[c]) != CellKind::kText || looks_like_date(first[c])) continue;
    if (facts.numbers > facts.texts) return true;
    if (facts.dates > 0 && facts.dates == facts.texts) return true;
  }
  return names_texts(first, below);
}

// Whether a table's only line is a header: texts and no number.
bool is_lone_header(const std::vector<std::string>& first) {
  return std::none_of(first.begin(), first.end(),
                      [](const std::string& cell) { return kind_of(cell) == CellKind::kNumber; }) &&
         std::any_of(first.begin(), first.end(),
                     [](const std::string& cell) { return kind_of(cell) == CellKind::kText; });
}

std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

void name_columns(const std::vector<std::string>& header, const std::string& path,
                  CsvFacts* facts) {
  std::unordered_map<std::string, Index> seen;
  std::vector<std::string> renamed;
  for (Index c = 0; c < facts->width(); ++c) {
    std::string name = facts->has_header ? on_one_line(header[static_cast<std::size_t>(c)]) : "";
    if (name.empty()) name = fmt::format("column {}", c + 1);
    if (!seen.emplace(name, 1).second) {
      const std::string twice = name;
      while (!seen.emplace(name, 1).second) name = fmt::format("{}.{}", twice, ++seen[twice]);
      renamed.push_back(name);
    }
    facts->names.push_back(std::move(name));
  }
  if (renamed.empty()) return;
  constexpr std::size_t kShown = 10;
  const bool more = renamed.size() > kShown;
  if (more) renamed.resize(kShown);
  facts->warnings.push_back(fmt::format("{}: column names occur twice; renamed: {}{}", path,
                                        fmt::join(renamed, ", "), more ? ", …" : ""));
}

void refuse_other_encodings(const InputFile& input) {
  const std::string_view head = input.head();
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    data_error(fmt::format("{} is UTF-16 text; save it as UTF-8", input.path()));
  }
  if (head.find('\0') != std::string_view::npos) {
    data_error(
        fmt::format("{} is neither text nor a format this program knows (CSV, .npy, .npz, "
                    "IDX, svmlight)",
                    input.path()));
  }
}

[[noreturn]] void refuse_lone_header(const InputFile& input) {
  data_error(fmt::format("{} holds a header (line 1) and no rows; give a file with a row a sample",
                         input.path()));
}

}  // namespace

CsvFacts sniff_csv(const InputFile& input, const std::vector<Column>* expected,
                   const CsvTuning& tuning) {
  refuse_other_encodings(input);
  CsvFacts facts;
  std::string_view head = input.head();
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  facts.dialect = detect_dialect(head);
  CsvScanner scanner(input.open(), facts.dialect, input.path(), tuning.chunk_bytes);
  RowOfTexts first;
  if (!scanner.next_row(first)) {
    data_error(fmt::format("{} holds nothing but blank lines; give a file with a row a sample",
                           input.path()));
  }
  bool converted = false;
  for (std::string& cell : first.cells) {
    converted = converted || !is_utf8(cell);
    cell = as_utf8(cell);
  }
  facts.columns.resize(first.cells.size());
  FactCounter counter(&facts.columns);
  while (facts.rows < tuning.sniffed_rows && scanner.next_row(counter)) {
    counter.count_row();
    ++facts.rows;
  }
  if (facts.rows == 0 && is_lone_header(first.cells)) refuse_lone_header(input);
  facts.has_header = is_header(first.cells, facts.columns) ||
                     (expected != nullptr && has_expected_name(first.cells, *expected));
  if (facts.has_header && facts.rows == 0) refuse_lone_header(input);
  if (facts.has_header && converted) {
    facts.warnings.push_back(
        fmt::format("{}: the header is not UTF-8 and was read as Windows-1252", input.path()));
  }
  if (!facts.has_header) {
    counter.begin_row();
    for (std::size_t c = 0; c < first.cells.size(); ++c) {
      counter.text(static_cast<Index>(c), first.cells[c]);
    }
    counter.count_row();
    ++facts.rows;
  }
  name_columns(first.cells, input.path(), &facts);
  return facts;
}

CsvFacts sniff_first_row(std::string_view text, const std::vector<Column>& expected,
                         const std::string& name) {
  // By the first line alone: how many more have come already is chance.
  constexpr std::string_view kLineEnds = "\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(kLineEnds), text.size());
  CsvFacts facts;
  facts.dialect = detect_dialect(text.substr(begin, text.find_first_of(kLineEnds, begin) - begin));
  CsvScanner scanner(text, facts.dialect, name, 1);
  RowOfTexts first;
  if (scanner.next_row(first)) {
    for (std::string& cell : first.cells) cell = as_utf8(cell);
  }
  facts.columns.resize(first.cells.size());
  const bool expects_numbers =
      std::any_of(expected.begin(), expected.end(),
                  [](const Column& column) { return column.kind == ColumnKind::kNumeric; });
  facts.has_header =
      has_expected_name(first.cells, expected) || (expects_numbers && is_lone_header(first.cells));
  name_columns(first.cells, name, &facts);
  return facts;
}

CsvScanner scanner_at_first_row(const InputFile& input, const CsvFacts& facts,
                                const CsvTuning& tuning) {
  CsvScanner scanner(input.open(), facts.dialect, input.path(), tuning.chunk_bytes);
  IgnoredRow header;
  if (facts.has_header) scanner.next_row(header);
  return scanner;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kShown = 40;
  const bool longer = text.size() > kShown;
  std::size_t end = longer ? kShown : text.size();
  // Not within a UTF-8 character.
  while (longer && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return on_one_line(as_utf8(text.substr(0, end))) + (longer ? "…" : "");
}

}  // namespace hourglass
