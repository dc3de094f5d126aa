#include "data/shuffled_gather.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

constexpr std::size_t kPanelBytes = kPanelWidth * sizeof(float);
// The order's next row is a jump in memory that nothing can foresee: rows are called for about a
// batch ahead, as far as they fit beside all else into the nearer caches.
constexpr Index kMostRowsAhead = 32;
constexpr Index kMostBytesAhead = 16384;

// Every line of the cache that the row touches.
void prefetch_row(const float* row, Index cols) {
  constexpr std::uintptr_t kLine = 64;
  const char* begin = reinterpret_cast<const char*>(row);
  const char* end = reinterpret_cast<const char*>(row + cols);
  begin -= reinterpret_cast<std::uintptr_t>(row) % kLine;
  for (const char* line = begin; line < end; line += kLine) __builtin_prefetch(line);
}

// A row of a row-major matrix into panels, zeros behind the last column. Copies of a size known
// beforehand are one or two instructions, so the last panel is filled with what follows in the
// matrix first; after the last row there may be nothing.
void copy_row(const float* row, bool last, Index r, Panels<float> to) {
  const Index whole = to.cols / kPanelWidth;
  for (Index p = 0; p < whole; ++p) std::memcpy(to.row(p, r), row + p * kPanelWidth, kPanelBytes);
  const Index rest = to.cols % kPanelWidth;
  if (rest == 0) return;
  const float* from = row + whole * kPanelWidth;
  float* const end = to.row(whole, r);
  if (last) {
    std::copy_n(from, rest, end);
  } else {
    std::memcpy(end, from, kPanelBytes);
  }
  for (Index c = rest; c < kPanelWidth; ++c) end[c] = 0;
}

// The rows order[begin … end − 1] of a matrix, of `left` in the order, into those of the same
// places.
void gather_rows(MatrixView<const float> from, const Index* order, Range rows, Index left,
                 Panels<float> to) {
  const Index row_bytes = from.cols * static_cast<Index>(sizeof(float));
  const Index ahead = std::min(kMostRowsAhead, kMostBytesAhead / row_bytes);
  // Of what follows the last rows there is less than a panel where rows are narrow.
  const Index all_there = from.rows - (kPanelWidth + from.cols - 1) / from.cols;
  for (Index r = rows.begin; r < rows.end; ++r) {
    if (ahead > 0 && r + ahead < left) prefetch_row(from.row(order[r + ahead]), from.cols);
    copy_row(from.row(order[r]), order[r] >= all_there, r, to);
  }
}

}  // namespace

ShuffledGather::ShuffledGather(const Samples& samples, Index batch_size, std::uint64_t seed)
    : samples_(samples), batch_size_(batch_size), seed_(seed) {
  HOURGLASS_CHECK(batch_size > 0 && samples.in_memory());
}

void ShuffledGather::start_epoch(Index epoch) {
  order_ = random_permutation(samples_.rows(),
                              {seed_, RandomPurpose::kShuffle, static_cast<std::uint64_t>(epoch)});
  begin_ = end_ = 0;
}

Index ShuffledGather::next() {
  begin_ = end_;
  end_ = std::min(std::ssize(order_), begin_ + batch_size_);
  return end_ - begin_;
}

void ShuffledGather::gather(Range rows, Panels<float> input, Panels<float> mask) const {
  HOURGLASS_CHECK(input.cols == samples_.features() && input.rows >= rows.end);
  HOURGLASS_CHECK(rows.end <= end_ - begin_ && (!mask || samples_.has_mask()));
  const Index left = std::ssize(order_) - begin_;
  const Index* order = order_.data() + begin_;
  gather_rows(samples_.matrix(), order, rows, left, input);
  if (mask) gather_rows(samples_.mask_matrix(), order, rows, left, mask);
}

Index ShuffledGather::batches_per_epoch() const {
  return (samples_.rows() + batch_size_ - 1) / batch_size_;
}

}  // namespace hourglass
