#include "data/shuffled_gather.h"

#include <algorithm>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

// The order's next row is a jump in memory that nothing but this can foresee.
constexpr Index kRowsAhead = 8;

void prefetch_row(MatrixView<const float> from, Index row) {
  const char* begin = reinterpret_cast<const char*>(from.row(row));
  const char* end = reinterpret_cast<const char*>(from.row(row) + std::min<Index>(from.cols, 256));
  for (; begin < end; begin += 64) __builtin_prefetch(begin);
}

// Rows order[0 … count − 1] of a matrix; `left` more are in the order.
void gather(MatrixView<const float> from, const Index* order, Index count, Index left,
            Panels<float> to) {
  const Index whole = to.cols / kPanelWidth;
  const Index rest = to.cols % kPanelWidth;
  for (Index r = 0; r < count; ++r) {
    if (r + kRowsAhead < left) prefetch_row(from, order[r + kRowsAhead]);
    const float* row = from.row(order[r]);
    for (Index p = 0; p < whole; ++p) {
      std::copy_n(row + p * kPanelWidth, kPanelWidth, to.row(p, r));
    }
    if (rest == 0) continue;
    float* end = std::copy_n(row + whole * kPanelWidth, rest, to.row(whole, r));
    std::fill_n(end, kPanelWidth - rest, 0.0F);
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
  position_ = 0;
}

void ShuffledGather::next_into(Panels<float> input, Panels<float> mask, Index* rows) {
  const Index left = std::ssize(order_) - position_;
  *rows = std::min(batch_size_, left);
  if (*rows == 0) return;
  HOURGLASS_CHECK(input.cols == samples_.features() && input.rows >= *rows);
  HOURGLASS_CHECK(!mask || samples_.has_mask());
  const Index* order = order_.data() + position_;
  gather(samples_.matrix(), order, *rows, left, input);
  if (mask) gather(samples_.mask_matrix(), order, *rows, left, mask);
  position_ += *rows;
}

Index ShuffledGather::batches_per_epoch() const {
  return (samples_.rows() + batch_size_ - 1) / batch_size_;
}

}  // namespace hourglass
