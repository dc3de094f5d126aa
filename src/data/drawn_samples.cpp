#include "data/drawn_samples.h"

#include <algorithm>

#include "base/error.h"
#include "kernel/elementwise.h"

namespace hourglass {

DrawnBatches::DrawnBatches(const DrawnSamples& samples, Index batch_size, int workers)
    : samples_(samples), batch_size_(batch_size) {
  HOURGLASS_CHECK(batch_size > 0);
  for (int worker = 0; worker < workers; ++worker) rooms_.emplace_back(2 * samples.features());
}

void DrawnBatches::start_epoch(Index epoch) {
  epoch_ = epoch;
  begin_ = end_ = 0;
}

Index DrawnBatches::next() {
  begin_ = end_;
  end_ = std::min(samples_.rows(), begin_ + batch_size_);
  return end_ - begin_;
}

void DrawnBatches::draw(Range rows, Panels<float> input, int worker) {
  float* const sample = rooms_[static_cast<std::size_t>(worker)].data();
  for (Index row = rows.begin; row < rows.end; ++row) {
    samples_.draw(epoch_, begin_ + row, sample, sample + samples_.features());
    // A stride of 0: the sample lies at the same place whichever row it becomes.
    to_panels<float>(sample, 0, input, {row, row + 1});
  }
}

Index DrawnBatches::batches_per_epoch() const {
  return (samples_.rows() + batch_size_ - 1) / batch_size_;
}

}  // namespace hourglass
