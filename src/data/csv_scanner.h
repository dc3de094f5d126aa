#pragma once

#include <cstddef>
#include <fast_float/fast_float.h>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/index.h"
#include "data/byte_source.h"
#include "data/csv_dialect.h"
#include "data/plain_decimal.h"

namespace hourglass {

/// Takes a row, such as a header, and keeps nothing of it.
struct IgnoredRow {
  void begin_row() {}
  bool wants_number(Index) const { return false; }
  void number(Index, double) {}
  void text(Index, std::string_view) {}
};

/// Splits a text table into rows and cells (RFC 4180 quoting; lines end in LF, CRLF or CR; empty
/// lines are skipped) and reads numbers on the way. The text passes through one buffer of about
/// `chunk_bytes`, larger only for a row that is.
class CsvScanner {
 public:
  CsvScanner(std::unique_ptr<ByteSource> source, const CsvDialect& dialect, std::string name,
             std::size_t chunk_bytes);
  /// Text that lies in memory, is the rest of a file from its line `first_line` on or whole rows of
  /// it, and ends in a line end. Keeps a reference.
  CsvScanner(std::string_view text, const CsvDialect& dialect, std::string name, Index first_line);

  /// Hands the cells of the next row to `visitor` and returns true, or false at the end:
  ///   begin_row(): (again) at the first cell — a row that the buffer ends within is begun anew;
  ///   bool wants_number(column): try to read the cell as a number first;
  ///   number(column, value): it is one;
  ///   text(column, string_view): the cell's text as it stands, quotes undone. Valid in the call.
  ///   extent(column, begin, end), if it has one, after either: where in the text the cell lies,
  ///   its quotes and blanks behind it included.
  /// `columns()` and `line()` then describe the row.
  template <class Visitor>
  bool next_row(Visitor& visitor) {
    if (!skip_empty_lines()) return false;
    for (;;) {
      visitor.begin_row();
      if (scan_row(visitor)) return true;
      refill();
    }
  }

  /// Cells of the last row.
  Index columns() const { return columns_; }
  /// Number of the last row's first line, counted from 1.
  Index line() const { return line_; }
  /// Number of the line behind the last row, or behind the empty ones skipped after it.
  Index next_line() const { return next_line_; }
  /// How many bytes of the source lie before that: one more than it has where its last line has no
  /// line end.
  std::uint64_t bytes_passed() const;

 private:
  struct Cell {
    std::string_view text;
    const char* end = nullptr;  ///< at the separator or line end behind it; null: buffer too short
    Index line_breaks = 0;      ///< within quotes
  };

  template <class Visitor>
  bool scan_row(Visitor& visitor);

  bool ends_cell(char c) const {
    return c == dialect_.separator || c == '\n' || c == '\r' || (dialect_.blanks && c == '\t');
  }
  bool is_blank(char c) const {
    return c == ' ' || (c == '\t' && (dialect_.blanks || dialect_.separator != '\t'));
  }
  Cell scan_cell(const char* from);
  Cell scan_quoted(const char* from);
  bool skip_empty_lines();
  void refill();

  std::unique_ptr<ByteSource> source_;
  CsvDialect dialect_;
  std::string name_;
  std::vector<char> buffer_;
  const char* cursor_ = nullptr;
  const char* end_ = nullptr;
  bool at_end_ = false;
  std::uint64_t bytes_buffered_ = 0;  // in all
  std::string unquoted_;
  Index columns_ = 0;
  Index line_ = 0;
  Index next_line_ = 1;
};

template <class Visitor>
bool CsvScanner::scan_row(Visitor& visitor) {
  const char* at = cursor_;
  Index column = 0;
  Index line_breaks = 0;
  for (;; ++column) {
    while (at < end_ && is_blank(*at)) ++at;
    if (at == end_) return false;
    if (dialect_.blanks && column > 0 && (*at == '\n' || *at == '\r')) break;
    [[maybe_unused]] const char* const begin = at;
    bool done = false;
    if (visitor.wants_number(column)) {
      double value = 0;
      const char* next = read_plain_decimal(at, end_, &value);
      if (next == nullptr || !ends_cell(*next)) {
        const auto result = fast_float::from_chars(at, end_, value);
        next = result.ec == std::errc() ? result.ptr : end_;
      }
      if (next < end_ && ends_cell(*next)) {
        visitor.number(column, value);
        at = next;
        done = true;
      }
    }
    if (!done) {
      const Cell cell = scan_cell(at);
      if (cell.end == nullptr) return false;
      visitor.text(column, cell.text);
      line_breaks += cell.line_breaks;
      at = cell.end;
    }
    if constexpr (requires { visitor.extent(column, begin, at); }) {
      visitor.extent(column, begin, at);
    }
    if (*at == '\n' || *at == '\r') {
      ++column;
      break;
    }
    ++at;
  }
  if (*at == '\r') {
    if (at + 1 == end_ && !at_end_) return false;  // the LF may follow
    if (at + 1 < end_ && at[1] == '\n') ++at;
  }
  cursor_ = at + 1;
  columns_ = column;
  line_ = next_line_;
  next_line_ += 1 + line_breaks;
  return true;
}

}  // namespace hourglass
