#include "data/csv_dialect.h"

#include <algorithm>
#include <array>
#include <vector>

namespace hourglass {
namespace {

constexpr std::size_t kLines = 100;

constexpr std::array<CsvDialect, 4> kCandidates = {
    {{'\t', false}, {';', false}, {',', false}, {' ', true}}};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The number of cells of each of the first lines. The last line is left out if `head` ends within
// it.
std::vector<std::size_t> cells_per_line(std::string_view head, const CsvDialect& dialect) {
  std::vector<std::size_t> counts;
  std::size_t cells = 0;
  bool quoted = false, in_cell = false, any = false;
  const auto end_line = [&] {
    if (any) counts.push_back(cells + (dialect.blanks ? 0 : 1));
    cells = 0;
    in_cell = any = false;
  };
  for (const char c : head) {
    if (counts.size() == kLines) return counts;
    if (!quoted && (c == '\n' || c == '\r')) {
      end_line();
      continue;
    }
    any = any || !is_blank(c);
    if (c == '"') quoted = !quoted;
    if (dialect.blanks) {
      const bool within = quoted || !is_blank(c);
      if (within && !in_cell) ++cells;
      in_cell = within;
    } else if (!quoted && c == dialect.separator) {
      ++cells;
    }
  }
  if (counts.empty()) end_line();
  return counts;
}

}  // namespace

CsvDialect detect_dialect(std::string_view head) {
  CsvDialect best;
  std::ptrdiff_t most = 0;
  for (const CsvDialect& candidate : kCandidates) {
    const std::vector<std::size_t> counts = cells_per_line(head, candidate);
    if (counts.empty() || counts[0] < 2) continue;
    const std::ptrdiff_t agreeing = std::count(counts.begin(), counts.end(), counts[0]);
    if (agreeing > most) {
      most = agreeing;
      best = candidate;
    }
  }
  return best;
}

}  // namespace hourglass
