#include "data/csv_split.h"

#include <algorithm>
#include <cstring>

namespace hourglass {
namespace {

// Behind the last line end. A CR that ends the text may be half of one.
std::size_t behind_last_line_end(std::string_view text) {
  const std::size_t line_feed = text.rfind('\n');
  if (line_feed != std::string_view::npos) return line_feed + 1;
  if (!text.empty()) text.remove_suffix(1);
  const std::size_t carriage_return = text.rfind('\r');
  return carriage_return == std::string_view::npos ? 0 : carriage_return + 1;
}

// Null if the quote is not known to be closed: one at the end may be the first of two.
const char* behind_closing_quote(const char* at, const char* end) {
  for (;;) {
    at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
    if (at == nullptr || at + 1 == end) return nullptr;
    if (at[1] != '"') return at + 1;
    at += 2;
  }
}

// The same where there are quotes: goes from cell to cell as CsvScanner does.
std::size_t behind_last_free_line_end(std::string_view text, const CsvDialect& dialect) {
  const auto parts_cells = [&](char c) {
    return c == dialect.separator || (dialect.blanks && c == '\t');
  };
  const auto is_blank = [&](char c) {
    return c == ' ' || (c == '\t' && (dialect.blanks || dialect.separator != '\t'));
  };
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* rows_end = at;
  while (at < end) {
    while (at < end && is_blank(*at)) ++at;
    if (at < end && *at == '"') {
      at = behind_closing_quote(at + 1, end);
      if (at == nullptr) break;
    }
    while (at < end && !parts_cells(*at) && *at != '\n' && *at != '\r') ++at;
    if (at == end) break;
    if (*at == '\r' && at + 1 == end) break;
    const bool ends_row = *at == '\n' || *at == '\r';
    if (*at == '\r' && at[1] == '\n') ++at;
    ++at;
    if (ends_row) rows_end = at;
  }
  return static_cast<std::size_t>(rows_end - text.data());
}

}  // namespace

std::size_t whole_rows(std::string_view text, const CsvDialect& dialect) {
  const bool quotes = text.find('"') != std::string_view::npos;
  return quotes ? behind_last_free_line_end(text, dialect) : behind_last_line_end(text);
}

}  // namespace hourglass
