#include "data/batches_order.h"

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace hourglass {
namespace {

class FullShuffle final : public EpochOrder {
 public:
  FullShuffle(const Samples& samples, std::uint64_t seed) : samples_(samples), seed_(seed) {}

  void start(Index epoch) override {
    order_ = random_permutation(
        samples_.rows(), {seed_, RandomPurpose::kShuffle, static_cast<std::uint64_t>(epoch)});
    position_ = 0;
  }

  void take(Index count, float* features, float* mask) override {
    gather(samples_.matrix(), count, features);
    if (mask != nullptr) gather(samples_.mask_matrix(), count, mask);
    position_ += count;
  }

 private:
  void gather(MatrixView<const float> from, Index count, float* to) const {
    const Index* order = order_.data() + position_;
    for (Index i = 0; i < count; ++i) to = std::copy_n(from.row(order[i]), from.cols, to);
  }

  const Samples& samples_;
  const std::uint64_t seed_;
  std::vector<Index> order_;
  Index position_ = 0;
};

class MixedBlocks final : public EpochOrder {
 public:
  MixedBlocks(const Samples& samples, std::uint64_t seed)
      : samples_(samples), seed_(seed), block_rows_(rows_in_block(samples)) {}

  void start(Index epoch) override {
    epoch_ = static_cast<std::uint64_t>(epoch);
    const Index blocks = (samples_.rows() + block_rows_ - 1) / block_rows_;
    blocks_ = random_permutation(blocks, {seed_, RandomPurpose::kShuffle, epoch_, 0});
    next_block_ = 0;
    order_.clear();
    position_ = 0;
  }

  void take(Index count, float* features, float* mask) override {
    const Index width = samples_.features();
    for (Index i = 0; i < count; ++i) {
      if (position_ == std::ssize(order_)) read_mix();
      const Index row = order_[static_cast<std::size_t>(position_++)];
      features = std::copy_n(features_.data() + row * width, width, features);
      if (mask != nullptr) mask = std::copy_n(mask_.data() + row * width, width, mask);
    }
  }

 private:
  static constexpr Index kBlocksMixed = 8;
  static constexpr Index kBlockBytes = Index{1} << 20;

  // About a MiB of a block's rows as they are read or as they are kept, whichever is larger: a run
  // long enough for any disk, and a mix of eight small enough for memory.
  static Index rows_in_block(const Samples& samples) {
    const Index row_bytes = std::max<Index>(8 * samples.table_columns(), 4 * samples.features());
    return std::clamp<Index>(kBlockBytes / std::max<Index>(row_bytes, 1), 1, 8192);
  }

  void read_mix() {
    const Index width = samples_.features();
    const Index room = kBlocksMixed * block_rows_ * width;
    if (features_.size() == 0) features_ = Buffer<float>(room);
    if (samples_.has_mask() && mask_.size() == 0) mask_ = Buffer<float>(room);
    const Index mix = next_block_ / kBlocksMixed;
    const Index last = std::min<Index>(next_block_ + kBlocksMixed, std::ssize(blocks_));
    Index rows = 0;
    for (; next_block_ < last; ++next_block_) {
      const Index begin = blocks_[static_cast<std::size_t>(next_block_)] * block_rows_;
      const Index end = std::min(begin + block_rows_, samples_.rows());
      samples_.read(begin, end, features_.data() + rows * width,
                    samples_.has_mask() ? mask_.data() + rows * width : nullptr);
      rows += end - begin;
    }
    order_ = random_permutation(
        rows, {seed_, RandomPurpose::kShuffle, epoch_, static_cast<std::uint64_t>(mix) + 1});
    position_ = 0;
  }

  const Samples& samples_;
  const std::uint64_t seed_;
  const Index block_rows_;
  std::uint64_t epoch_ = 0;
  std::vector<Index> blocks_;  // of the epoch, in its order
  Index next_block_ = 0;
  Buffer<float> features_, mask_;  // the mix being handed out, as read
  std::vector<Index> order_;       // of its rows
  Index position_ = 0;
};

}  // namespace

std::unique_ptr<EpochOrder> make_epoch_order(const Samples& samples, std::uint64_t seed) {
  if (samples.in_memory()) return std::make_unique<FullShuffle>(samples, seed);
  return std::make_unique<MixedBlocks>(samples, seed);
}

}  // namespace hourglass
