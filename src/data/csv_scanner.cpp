#include "data/csv_scanner.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/text_number.h"

namespace hourglass {
namespace {

// No table has rows like this; a quote left open makes one.
constexpr std::size_t kMaxRowBytes = std::size_t{256} << 20;

}  // namespace

CsvScanner::CsvScanner(std::unique_ptr<ByteSource> source, const CsvDialect& dialect,
                       std::string name, std::size_t chunk_bytes)
    : source_(std::move(source)), dialect_(dialect), name_(std::move(name)) {
  // A small file needs no large buffer: room for it and a little more shows its end at once.
  const std::uint64_t size = source_->size().value_or(chunk_bytes);
  buffer_.resize(std::clamp<std::size_t>(static_cast<std::size_t>(size) + 64, 8,
                                         std::max<std::size_t>(chunk_bytes, 8)));
  cursor_ = end_ = buffer_.data();
  while (!at_end_ && end_ - cursor_ < 3) refill();
  if (std::string_view(cursor_, static_cast<std::size_t>(end_ - cursor_))
          .starts_with("\xEF\xBB\xBF")) {
    cursor_ += 3;
  }
}

CsvScanner::CsvScanner(std::string_view text, const CsvDialect& dialect, std::string name,
                       Index first_line)
    : dialect_(dialect),
      name_(std::move(name)),
      cursor_(text.data()),
      end_(text.data() + text.size()),
      at_end_(true),
      next_line_(first_line) {}

std::uint64_t CsvScanner::bytes_passed() const {
  return bytes_buffered_ - static_cast<std::uint64_t>(end_ - cursor_);
}

// Moves what is left of the buffer to its front and fills up the rest; the text's last line gets a
// line end if it has none, so that every cell has something behind it.
void CsvScanner::refill() {
  throw_if_interrupted();
  const std::size_t left = static_cast<std::size_t>(end_ - cursor_);
  if (at_end_) {
    // Only within quotes can a row go on past the last line end.
    data_error(fmt::format("{}: line {} opens a quote that is never closed", name_, next_line_));
  }
  if (cursor_ != buffer_.data()) {
    std::memmove(buffer_.data(), cursor_, left);
  } else if (left + 1 >= buffer_.size()) {
    if (left > kMaxRowBytes) {
      data_error(
          fmt::format("{}: the row that begins in line {} is longer than {} MB; is a quote "
                      "left open there?",
                      name_, next_line_, kMaxRowBytes >> 20));
    }
    buffer_.resize(buffer_.size() * 2);
    cursor_ = buffer_.data();
  }
  const std::size_t room = buffer_.size() - left - 1;
  const std::size_t got = source_->read(buffer_.data() + left, room);
  std::size_t size = left + got;
  bytes_buffered_ += got;
  if (got < room) {
    at_end_ = true;
    if (size > 0 && buffer_[size - 1] != '\n' && buffer_[size - 1] != '\r') {
      buffer_[size++] = '\n';
      ++bytes_buffered_;
    }
  }
  cursor_ = buffer_.data();
  end_ = buffer_.data() + size;
}

bool CsvScanner::skip_empty_lines() {
  for (;;) {
    const char* at = cursor_;
    while (at < end_ && (*at == ' ' || *at == '\t')) ++at;
    if (at == end_) {
      if (at_end_) return false;
      refill();
      continue;
    }
    // Tabs or blanks alone are a row of empty cells where they part cells by number.
    const bool only_blanks = at == cursor_ || dialect_.blanks || dialect_.separator != '\t';
    if ((*at != '\n' && *at != '\r') || !only_blanks) return true;
    if (*at == '\r' && at + 1 == end_ && !at_end_) {
      refill();
      continue;
    }
    if (*at == '\r' && at + 1 < end_ && at[1] == '\n') ++at;
    cursor_ = at + 1;
    ++next_line_;
  }
}

CsvScanner::Cell CsvScanner::scan_cell(const char* from) {
  if (*from == '"') return scan_quoted(from);
  const char* at = from;
  while (at < end_ && !ends_cell(*at)) ++at;
  if (at == end_) return {};
  return {trimmed({from, static_cast<std::size_t>(at - from)}), at, 0};
}

CsvScanner::Cell CsvScanner::scan_quoted(const char* from) {
  Cell cell;
  unquoted_.clear();
  const char* at = from + 1;
  const char* start = at;
  bool doubled = false;
  for (;; ++at) {
    if (at + 1 >= end_) return {};  // a closing quote has at least a line end behind it
    if (*at == '\n' || (*at == '\r' && at[1] != '\n')) ++cell.line_breaks;
    if (*at != '"') continue;
    if (at[1] != '"') break;
    unquoted_.append(start, ++at);
    start = at + 1;
    doubled = true;
  }
  if (doubled) {
    unquoted_.append(start, at);
    cell.text = unquoted_;
  } else {
    cell.text = {start, static_cast<std::size_t>(at - start)};
  }
  ++at;
  while (at < end_ && is_blank(*at) && !ends_cell(*at)) ++at;
  if (at == end_) return {};
  if (!ends_cell(*at)) {
    data_error(
        fmt::format("{}: line {} has text right after a closing quote; write a quote within "
                    "quotes twice",
                    name_, next_line_ + cell.line_breaks));
  }
  cell.end = at;
  return cell;
}

}  // namespace hourglass
