#include "data/column_choice.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <numeric>
#include <string_view>

#include "base/error.h"

namespace hourglass {
namespace {

// Levenshtein's distance: insertions, deletions and substitutions between two words.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest_hint(const std::vector<std::string>& names, const std::string& word) {
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  for (const std::string& name : names) {
    if (name.size() > 200 || word.size() > 200) continue;
    const std::size_t distance = edit_distance(name, word);
    if (nearest == nullptr || distance < least) {
      nearest = &name;
      least = distance;
    }
  }
  return nearest == nullptr ? std::string() : fmt::format("; the nearest is '{}'", *nearest);
}

}  // namespace

Index find_column(const std::vector<std::string>& names, Index count, const std::string& word) {
  const auto named = std::find(names.begin(), names.end(), word);
  if (named != names.end()) return named - names.begin();
  std::string_view digits = word;
  if (digits.starts_with("column ")) digits.remove_prefix(7);
  Index number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && number >= 1 && number <= count ? number - 1 : -1;
}

Index find_column_or_fail(const std::vector<std::string>& names, Index count,
                          const std::string& word, const std::string& source) {
  const Index found = find_column(names, count, word);
  if (found < 0) {
    data_error(fmt::format("{} has no column '{}'{}; give a name{} or a number from 1 to {}",
                           source, word, nearest_hint(names, word),
                           names.empty() ? " (it has none)" : "", count));
  }
  return found;
}

ColumnChoice choose_columns(const std::vector<std::string>& names, Index count,
                            const ReadOptions& options, const std::string& source) {
  std::vector<char> keep(static_cast<std::size_t>(count), options.columns.empty() ? 1 : 0);
  for (const std::string& word : options.columns) {
    keep[static_cast<std::size_t>(find_column_or_fail(names, count, word, source))] = 1;
  }
  for (const std::string& word : options.drop) {
    keep[static_cast<std::size_t>(find_column_or_fail(names, count, word, source))] = 0;
  }
  ColumnChoice choice;
  for (Index c = 0; c < count; ++c) {
    if (keep[static_cast<std::size_t>(c)] != 0) choice.kept.push_back(c);
  }
  if (choice.kept.empty()) {
    data_error(fmt::format("{}: --columns and --drop leave no column", source));
  }
  return choice;
}

}  // namespace hourglass
