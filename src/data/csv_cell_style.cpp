#include "data/csv_cell_style.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

#include "base/interrupt.h"
#include "data/csv_row_builder.h"
#include "data/csv_scanner.h"
#include "data/text_number.h"
#include "data/utf8.h"
#include "data/writer.h"

namespace hourglass {
namespace {

// More digits than a float32 has are noise.
constexpr int kMostDecimals = 9;
constexpr Index kRowsBetweenChecks = 1 << 14;

// Digits behind the point of a number written plainly, else −1.
int decimals_of(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != point && (text[i] < '0' || text[i] > '9')) return -1;
  }
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

// A visitor of CsvScanner. A row that is begun anew changes nothing: all it keeps are extremes and
// what came first, but for the count, which only has to tell none from some.
class StyleReader {
 public:
  StyleReader(const CsvPlan& plan, std::vector<CsvCellStyle>& styles)
      : plan_(plan), levels_(level_maps(plan.columns)), styles_(styles) {}

  void begin_row() {}
  bool wants_number(Index) const { return false; }
  void number(Index, double) {}
  void text(Index column, std::string_view text) {
    level_ = nullptr;
    const auto c = static_cast<std::size_t>(column);
    if (column >= std::ssize(plan_.use) || plan_.target[c] < 0) return;
    const auto t = static_cast<std::size_t>(plan_.target[c]);
    if (plan_.use[c] == CellUse::kNumeric) return note_number(styles_[t], text);
    auto found = levels_[t].find(text);
    if (found == levels_[t].end() && !is_utf8(text)) found = levels_[t].find(as_utf8(text));
    if (found == levels_[t].end()) return;
    level_ = &styles_[t].levels[static_cast<std::size_t>(found->second)];
  }
  void extent(Index, const char* begin, const char* end) {
    if (level_ == nullptr || !level_->empty()) return;
    level_->assign(trimmed({begin, static_cast<std::size_t>(end - begin)}));
  }

 private:
  static void note_number(CsvCellStyle& style, std::string_view text) {
    double value = 0;
    if (classify_cell(text, &value) != CellKind::kNumber || !std::isfinite(value)) return;
    const int decimals = decimals_of(trimmed(text));
    if (decimals < 0) style.plain = false;
    style.most_decimals = std::max(style.most_decimals, decimals);
    style.least_decimals =
        style.numbers == 0 ? std::max(0, decimals) : std::min(style.least_decimals, decimals);
    ++style.numbers;
  }

  const CsvPlan& plan_;
  const std::vector<LevelMap> levels_;
  std::vector<CsvCellStyle>& styles_;
  std::string* level_ = nullptr;  // of the cell at hand, if it is one
};

bool is_written_plainly(const CsvCellStyle& style) {
  return style.plain && style.numbers > 0 && style.most_decimals <= kMostDecimals;
}

}  // namespace

std::vector<CsvCellStyle> learn_cell_styles(const InputFile& input, const CsvFacts& facts,
                                            const CsvPlan& plan, const CsvTuning& tuning) {
  std::vector<CsvCellStyle> styles(plan.columns.size());
  for (std::size_t t = 0; t < styles.size(); ++t) {
    styles[t].levels.resize(plan.columns[t].levels.size());
  }
  StyleReader reader(plan, styles);
  CsvScanner scanner = scanner_at_first_row(input, facts, tuning);
  for (Index row = 0; scanner.next_row(reader); ++row) {
    if (row % kRowsBetweenChecks == 0) throw_if_interrupted();
  }
  return styles;
}

std::string number_text(const CsvCellStyle& style, double value) {
  if (!is_written_plainly(style)) return fmt::format("{}", static_cast<float>(value));
  std::string text = fmt::format("{:.{}f}", value, style.most_decimals);
  // Zeros at the end are written only where the column has them.
  int decimals = style.most_decimals;
  for (; decimals > style.least_decimals && text.back() == '0'; --decimals) text.pop_back();
  if (decimals == 0 && text.back() == '.') text.pop_back();
  const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
  return is_zero && text.starts_with('-') ? text.substr(1) : text;
}

double rounded_as_text(const CsvCellStyle& style, double value) {
  return std::strtod(number_text(style, value).c_str(), nullptr);
}

std::string level_text(const CsvCellStyle& style, const Column& column, Index level,
                       const CsvDialect& dialect) {
  const auto i = static_cast<std::size_t>(level);
  if (!style.levels[i].empty()) return style.levels[i];
  const std::string& text = column.levels[i];
  const std::string cell = csv_cell(text);
  const bool parts = text.find(dialect.separator) != std::string::npos;
  return parts && cell == text ? '"' + text + '"' : cell;
}

}  // namespace hourglass
