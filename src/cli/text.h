#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hourglass::cli {

std::string grouped(std::int64_t number);  ///< 1234567 → "1,234,567"
std::string significant(double number);    ///< four significant digits; "–" for NaN
std::string duration(double seconds);      ///< "0.42 s", "3 min 07 s", "2 h 05 min"
std::string counted(std::int64_t number, const std::string& noun);  ///< "1 row", "1,797 rows"

/// The text in lines of at most `width` characters, each after `indent` spaces.
std::string wrapped(const std::string& text, int indent, int width = 79);

/// Characters, not bytes, of UTF-8 text.
int text_width(const std::string& text);
/// At most `width` characters of it, the last one "…" if any were cut.
std::string shortened(const std::string& text, int width);
/// Filled up with spaces to `width` characters.
std::string padded(const std::string& text, int width);
std::string padded_left(const std::string& text, int width);

/// One line: control characters, line breaks among them, become spaces.
std::string one_line(const std::string& text);

/// Names and values in two aligned columns, two spaces in.
class FactList {
 public:
  void add(std::string name, std::string value);
  std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

}  // namespace hourglass::cli
