#include "data/csv_feed.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/column_choice.h"
#include "data/csv_scanner.h"
#include "data/csv_split.h"
#include "data/utf8.h"

namespace hourglass {
namespace {

// Read at a time: so many rows at most wait for each other's scores.
constexpr std::size_t kMostBytes = std::size_t{64} << 10;
// No stream has rows like this; a quote left open makes one.
constexpr std::size_t kMaxRowBytes = std::size_t{16} << 20;
// How often a stream that pauses is left to look for an interrupt.
constexpr int kLookEveryMs = 200;
// Numbers behind the last that may be read along with it.
constexpr std::size_t kSlack = 8;

// A row's numbers, and the text of its time beside them.
struct TimedRow : CsvRowBuilder {
  Index time_column;  // −1: none
  std::string time;

  bool wants_number(Index column) const {
    return column != time_column && CsvRowBuilder::wants_number(column);
  }
  void text(Index column, std::string_view text) {
    if (column == time_column) time = as_utf8(text);
    CsvRowBuilder::text(column, text);
  }
};

// Blocks until something is there or the other end is closed.
void wait_for_input(int input) {
  pollfd waiting{input, POLLIN, 0};
  for (;;) {
    throw_if_interrupted();
    const int ready = poll(&waiting, 1, kLookEveryMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return;
  }
}

}  // namespace

CsvFeed::CsvFeed(int input, std::string name, ReadOptions options)
    : input_(input),
      name_(std::move(name)),
      options_(std::move(options)),
      levels_(level_maps(*options_.expected)),
      time_order_(name_, options_.time) {}

CsvFeed::Rows CsvFeed::next() {
  numbers_.clear();
  times_.clear();
  while (numbers_.empty()) {
    if (wrong_) std::rethrow_exception(wrong_);
    if (whole_bytes() > 0) {
      parse();
    } else if (at_end_) {
      return {};
    } else {
      fill();
    }
  }
  return {values_.data(), numbers_.data(), times_.empty() ? nullptr : times_.data(),
          std::ssize(numbers_)};
}

// Puts what has come behind what is there. The last line gets a line end if it has none.
void CsvFeed::fill() {
  std::copy(text_.begin() + static_cast<std::ptrdiff_t>(parsed_),
            text_.begin() + static_cast<std::ptrdiff_t>(size_), text_.begin());
  size_ -= std::exchange(parsed_, 0);
  if (size_ > kMaxRowBytes) {
    data_error(
        fmt::format("{}: the row that begins in line {} is longer than {} MB; is a quote left "
                    "open there?",
                    name_, next_line_, kMaxRowBytes >> 20));
  }
  text_.resize(size_ + kMostBytes + 1);
  wait_for_input(input_);
  const ssize_t got = read(input_, text_.data() + size_, kMostBytes);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (got < 0) data_error(fmt::format("cannot read {}: {}", name_, system_reason()));
  size_ += static_cast<std::size_t>(got);
  if (got > 0) return;
  at_end_ = true;
  const bool ends_line = size_ == 0 || text_[size_ - 1] == '\n' || text_[size_ - 1] == '\r';
  if (!ends_line) text_[size_++] = '\n';
}

// Of what is there and not parsed, how much are whole rows.
std::size_t CsvFeed::whole_bytes() const {
  const std::string_view text(text_.data() + parsed_, size_ - parsed_);
  return at_end_ ? text.size() : whole_rows(text, facts_.dialect);
}

// Settles what the columns are from the first row, which is there.
void CsvFeed::begin() {
  if (std::string_view(text_.data(), size_).starts_with("\xEF\xBB\xBF")) parsed_ = 3;
  facts_ = sniff_first_row({text_.data() + parsed_, whole_bytes()}, *options_.expected, name_);
  if (facts_.columns.empty()) return;
  plan_ = plan_csv(facts_, options_, name_);
  if (!options_.time.empty()) {
    time_column_ = find_column_or_fail(facts_.names, facts_.width(), options_.time, name_);
  }
  begun_ = true;
}

void CsvFeed::parse() {
  const bool first = !begun_;
  if (first) begin();
  const std::string_view text(text_.data() + parsed_, whole_bytes());
  parsed_ += text.size();
  CsvScanner scanner(text, facts_.dialect, name_, next_line_);
  IgnoredRow header;
  if (first && (facts_.has_header || !begun_)) scanner.next_row(header);
  TimedRow row{{plan_, facts_, options_, name_, levels_}, time_column_, {}};
  const auto width = static_cast<std::size_t>(cols());
  try {
    for (;; ++rows_read_) {
      const std::size_t needed = (numbers_.size() + 1) * width + kSlack;
      if (values_.size() < needed) values_.resize(2 * needed);
      row.aim(values_.data() + numbers_.size() * width, rows_read_);
      if (!scanner.next_row(row)) break;
      row.check_row(scanner.columns(), scanner.line());
      if (time_column_ >= 0) time_order_.check(row.time);
      if (row.row_has_missing() && options_.missing == MissingPolicy::kDrop) continue;
      numbers_.push_back(rows_read_);
      if (time_column_ >= 0) times_.push_back(row.time);
    }
  } catch (const Error&) {
    wrong_ = std::current_exception();
  }
  next_line_ = scanner.next_line();
}

}  // namespace hourglass
