#include "data/text_number.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fast_float/fast_float.h>
#include <limits>
#include <system_error>

namespace hourglass {
namespace {

constexpr std::array<std::string_view, 5> kMissingWords = {"na", "n/a", "null", "none", "?"};

bool same_word(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

CellKind classify_cell(std::string_view text, double* value) {
  text = trimmed(text);
  *value = std::numeric_limits<double>::quiet_NaN();
  if (text.empty()) return CellKind::kEmpty;
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  double number = 0;
  const char* last = digits.data() + digits.size();
  const auto [end, error] = fast_float::from_chars(digits.data(), last, number);
  // Numbers too large for a double come as infinity (out of range), which is what they are here.
  if (end == last && (error == std::errc() || error == std::errc::result_out_of_range)) {
    *value = number;
    return CellKind::kNumber;
  }
  const bool missing = std::any_of(kMissingWords.begin(), kMissingWords.end(),
                                   [&](std::string_view word) { return same_word(text, word); });
  return missing ? CellKind::kMissingWord : CellKind::kText;
}

namespace {

// Splits a date into numbers, month names and what stands between them.
class DateParser {
 public:
  explicit DateParser(std::string_view text) : rest_(text) {}

  bool date_and_time() {
    const std::string_view whole = rest_;
    if (date()) return rest_.empty() || (separator_before_time() && time());
    rest_ = whole;
    return time();
  }

 private:
  // `least` to `most` digits; −1 if there are others.
  int number(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    int value = 0;
    while (count < rest_.size() && is_digit(rest_[count])) {
      if (++count > most) return -1;
      value = value * 10 + (rest_[count - 1] - '0');
    }
    if (count < least) return -1;
    rest_.remove_prefix(count);
    return value;
  }
  bool accept(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  char accept_any(std::string_view choices) {
    if (rest_.empty() || choices.find(rest_[0]) == std::string_view::npos) return 0;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }
  bool month_name() {
    static constexpr std::array<std::string_view, 12> kMonths = {
        "january", "february", "march",     "april",   "may",      "june",
        "july",    "august",   "september", "october", "november", "december"};
    std::size_t letters = 0;
    while (letters < rest_.size() && std::isalpha(static_cast<unsigned char>(rest_[letters]))) {
      ++letters;
    }
    if (letters < 3) return false;
    const std::string_view word = rest_.substr(0, letters);
    const bool known = std::any_of(kMonths.begin(), kMonths.end(), [&](std::string_view month) {
      return same_word(word, month) || same_word(word, month.substr(0, 3));
    });
    if (known) rest_.remove_prefix(letters);
    return known;
  }

  bool date() {
    if (month_name()) {  // Feb 8, 2020
      if (!accept(' ') || number(1, 2) < 0) return false;
      accept(',');
      return accept(' ') && number(4, 4) >= 0;
    }
    const std::size_t before = rest_.size();
    const int first = number(1, 4);
    const std::size_t digits = before - rest_.size();
    const char between = accept_any("-/. ");
    if (first < 0 || between == 0 || digits == 3) return false;
    if (digits == 4) {  // 2020-02-08
      const int month = number(1, 2);
      if (between == ' ' || month < 1 || month > 12 || !accept(between)) return false;
      const int day = number(1, 2);
      return day >= 1 && day <= 31;
    }
    if (month_name()) {  // 8 Feb 2020
      return accept(between) && year();
    }
    const int second = number(1, 2);
    if (between == ' ' || !accept(between)) return false;
    const bool possible =
        first >= 1 && second >= 1 && std::min(first, second) <= 12 && std::max(first, second) <= 31;
    return possible && year();
  }
  bool year() {
    const std::size_t before = rest_.size();
    return number(2, 4) >= 0 && before - rest_.size() != 3;
  }
  bool separator_before_time() {
    if (accept('T') || accept('t')) return true;
    accept(',');
    return accept(' ');
  }
  bool time() {
    const int hour = number(1, 2);
    if (hour < 0 || hour > 24 || !accept(':')) return false;
    const int minute = number(2, 2);
    if (minute < 0 || minute > 59) return false;
    if (accept(':')) {
      const int second = number(2, 2);
      if (second < 0 || second > 60) return false;
      if (accept_any(".,") != 0 && number(1, 9) < 0) return false;
    }
    return zone();
  }
  bool zone() {
    accept(' ');
    if (rest_.empty()) return true;
    for (const std::string_view word : {"am", "pm", "utc", "gmt", "z"}) {
      if (same_word(rest_, word)) return true;
    }
    if (accept_any("+-") == 0 || number(2, 4) < 0) return false;
    return rest_.empty() || (accept(':') && number(2, 2) >= 0 && rest_.empty());
  }

  std::string_view rest_;
};

}  // namespace

bool looks_like_date(std::string_view text) {
  text = trimmed(text);
  if (text.size() < 4 || text.size() > 40) return false;
  return DateParser(text).date_and_time();
}

}  // namespace hourglass
