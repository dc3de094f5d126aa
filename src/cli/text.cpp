#include "cli/text.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <sstream>

namespace hourglass::cli {
namespace {

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t first = digits[0] == '-' ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string significant(double number) {
  return std::isnan(number) ? "–" : fmt::format("{:.4g}", number);
}

std::string duration(double seconds) {
  if (!(seconds >= 0)) return "–";
  if (seconds < 1) return fmt::format("{:.2f} s", seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::lround(std::min(seconds, 1e9)));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string counted(std::int64_t number, const std::string& noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

std::string wrapped(const std::string& text, int indent, int width) {
  std::istringstream words(text);
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string result;
  int column = 0;
  for (std::string word; words >> word;) {
    const int length = text_width(word);
    if (column > 0 && column + 1 + length > width) {
      result += '\n';
      column = 0;
    }
    result.append(column == 0 ? margin : " ");
    column += (column == 0 ? indent : 1) + length;
    result += word;
  }
  return result + '\n';
}

int text_width(const std::string& text) {
  return static_cast<int>(std::ranges::count_if(text, starts_character));
}

std::string shortened(const std::string& text, int width) {
  if (text_width(text) <= width) return text;
  if (width <= 0) return "";
  std::size_t end = 0;
  for (int kept = 0; end < text.size(); ++end) {
    if (starts_character(text[end]) && ++kept == width) break;
  }
  return text.substr(0, end) + "…";
}

std::string padded(const std::string& text, int width) {
  return text + std::string(static_cast<std::size_t>(std::max(0, width - text_width(text))), ' ');
}

std::string padded_left(const std::string& text, int width) {
  return std::string(static_cast<std::size_t>(std::max(0, width - text_width(text))), ' ') + text;
}

std::string one_line(const std::string& text) {
  std::string line = text;
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; }, ' ');
  return line;
}

void FactList::add(std::string name, std::string value) {
  facts_.emplace_back(std::move(name), std::move(value));
}

std::string FactList::text() const {
  int width = 0;
  for (const auto& [name, value] : facts_) width = std::max(width, text_width(name));
  std::string lines;
  for (const auto& [name, value] : facts_) {
    lines += fmt::format("  {}  {}\n", padded(name, width), value);
  }
  return lines;
}

}  // namespace hourglass::cli
