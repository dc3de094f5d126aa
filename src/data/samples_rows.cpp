#include "data/samples_rows.h"

#include <algorithm>

namespace hourglass {
namespace {

// Rows between the wanted ones are read along while they are at most as many as those.
constexpr Index kReadAlong = 2;

void read_runs(const RowStore& store, const Index* rows, Index count, double* out) {
  for (Index begin = 0; begin < count;) {
    Index end = begin + 1;
    while (end < count && rows[end] == rows[end - 1] + 1) ++end;
    store.read(rows[begin], rows[end - 1] + 1, out + begin * store.cols());
    begin = end;
  }
}

}  // namespace

void read_rows(const RowStore& store, const Index* rows, Index count, double* out) {
  if (count == 0) return;
  if (store.in_memory()) return store.gather(rows, count, out);
  const Index first = rows[0];
  const Index span = rows[count - 1] - first + 1;
  if (span == count || span > kReadAlong * count || !std::is_sorted(rows, rows + count)) {
    return read_runs(store, rows, count, out);
  }
  const Index cols = store.cols();
  std::vector<double> values(static_cast<std::size_t>(span * cols));
  store.read(first, first + span, values.data());
  for (Index i = 0; i < count; ++i) {
    std::copy_n(values.data() + (rows[i] - first) * cols, cols, out + i * cols);
  }
}

Index rows_per_block(Index cols) {
  constexpr Index kNumbers = Index{2} << 17;
  return std::clamp<Index>(kNumbers / std::max<Index>(cols, 1), 1, 4096);
}

void visit_rows(const RowStore& store, const std::vector<Index>& rows,
                const std::function<void(const double* values, Index count)>& visit) {
  std::vector<Index> sorted;
  const bool ascending = std::ranges::is_sorted(rows);
  if (!ascending) {
    sorted = rows;
    std::ranges::sort(sorted);
  }
  const Index* ordered = ascending ? rows.data() : sorted.data();
  const auto total = static_cast<Index>(rows.size());
  const Index block = std::min(rows_per_block(store.cols()), total);
  std::vector<double> values(static_cast<std::size_t>(block * store.cols()));
  for (Index begin = 0; begin < total; begin += block) {
    const Index count = std::min(block, total - begin);
    read_rows(store, ordered + begin, count, values.data());
    visit(values.data(), count);
  }
}

}  // namespace hourglass
