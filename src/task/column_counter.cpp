#include "task/column_counter.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace hourglass {
namespace {

constexpr Index kPieces = 32;

std::size_t halvings(Index piece) {
  return piece == 0 ? 63
                    : static_cast<std::size_t>(std::countr_zero(static_cast<std::uint64_t>(piece)));
}

// How often the number of a piece must be halved for it to count among so many.
std::size_t halvings_needed(Index pieces) {
  return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(pieces / kPieces)));
}

}  // namespace

ColumnCounter::ColumnCounter(const TableSummary& summary, RowStream& rows)
    : summary_(summary), rows_(rows) {
  std::size_t cells = 0;
  for (const ColumnSummary& column : summary.columns) {
    first_cell_.push_back(cells);
    cells += column.shares.empty() ? 0 : column.shares.size() + 1;
  }
  first_cell_.push_back(cells);
}

void ColumnCounter::prepare(int places, int workers) {
  piece_at_.resize(static_cast<std::size_t>(places));
  of_worker_.resize(static_cast<std::size_t>(workers), std::vector<Counts>(64));
  rows_.prepare(places, workers);
}

bool ColumnCounter::take(int place) {
  if (!rows_.take(place)) return false;
  piece_at_[static_cast<std::size_t>(place)] = pieces_++;
  return true;
}

RowStream::Rows ColumnCounter::read(int place, int worker) {
  const Rows piece = rows_.read(place, worker);
  const Index number = piece_at_[static_cast<std::size_t>(place)];
  const std::size_t halved = halvings(number);
  if (halved >= halvings_needed(number)) {
    Counts& counts = of_worker_[static_cast<std::size_t>(worker)][halved];
    counts.resize(first_cell_.back());
    count(piece, counts);
  }
  return piece;
}

void ColumnCounter::count(const Rows& piece, Counts& counts) const {
  constexpr Index kRowsInCache = 64;
  for (Index begin = 0; begin < piece.count; begin += kRowsInCache) {
    const Index end = std::min(piece.count, begin + kRowsInCache);
    for (std::size_t c = 0; c < summary_.columns.size(); ++c) {
      const ColumnSummary& column = summary_.columns[c];
      if (column.shares.empty()) continue;
      std::uint32_t* cells = counts.data() + first_cell_[c];
      for (Index r = begin; r < end; ++r) {
        const double value = piece.values[r * cols() + static_cast<Index>(c)];
        cells[std::isfinite(value) ? column.cell_of(value) : column.shares.size()] += 1;
      }
    }
  }
}

std::vector<ColumnCounts> ColumnCounter::counts() const {
  std::vector<double> sums(first_cell_.back());
  const std::size_t needed = pieces_ == 0 ? 0 : halvings_needed(pieces_ - 1);
  for (const std::vector<Counts>& by_halvings : of_worker_) {
    for (std::size_t h = needed; h < by_halvings.size(); ++h) {
      for (std::size_t i = 0; i < by_halvings[h].size(); ++i) sums[i] += by_halvings[h][i];
    }
  }
  std::vector<ColumnCounts> counts(summary_.columns.size());
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (first_cell_[c + 1] == first_cell_[c]) continue;
    const auto begin = sums.begin() + static_cast<std::ptrdiff_t>(first_cell_[c]);
    const auto end = sums.begin() + static_cast<std::ptrdiff_t>(first_cell_[c + 1]) - 1;
    counts[c] = {{begin, end}, *end};
  }
  return counts;
}

}  // namespace hourglass
