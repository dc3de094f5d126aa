#include "task/moved_images.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

// A twentieth, rounded.
Index reach(Index side) { return (side + 10) / 20; }

// Places along a side.
Index places(Index side) { return 2 * reach(side) + 1; }

}  // namespace

ImageShape image_shape(const std::vector<Index>& sample_shape) {
  HOURGLASS_CHECK(sample_shape.size() == 2 || sample_shape.size() == 3);
  return {sample_shape[0], sample_shape[1], sample_shape.size() > 2 ? sample_shape[2] : 1};
}

MovedImages::MovedImages(const Table& table, std::vector<Index> rows, const ImageShape& shape,
                         bool mirrored, Index most, std::uint64_t seed)
    : table_(table), rows_(std::move(rows)), shape_(shape), mirrored_(mirrored), seed_(seed) {
  HOURGLASS_CHECK(!rows_.empty() && shape.numbers() == table.cols());
  const Index ways = places(shape.height) * places(shape.width) * (mirrored ? 2 : 1);
  count_ = std::min(most, std::ssize(rows_) * ways);
}

void MovedImages::read(Index begin, Index end, float* out) const {
  for (Index i = begin; i < end; ++i, out += shape_.numbers()) draw(i, out);
}

// Rows in turn: none is drawn more than once more than another.
void MovedImages::draw(Index position, float* out) const {
  const Index row = rows_[static_cast<std::size_t>(position % std::ssize(rows_))];
  std::vector<double> image(static_cast<std::size_t>(shape_.numbers()));
  table_.store->gather(&row, 1, image.data());
  RandomStream stream(seed_, RandomPurpose::kShift, static_cast<std::uint64_t>(position));
  const Index down = stream.below(places(shape_.height)) - reach(shape_.height);
  const Index right = stream.below(places(shape_.width)) - reach(shape_.width);
  const bool turned = mirrored_ && stream.below(2) == 1;
  for (Index y = 0; y < shape_.height; ++y) {
    const Index from_y = std::clamp<Index>(y + down, 0, shape_.height - 1);
    for (Index x = 0; x < shape_.width; ++x) {
      const Index moved = std::clamp<Index>(x + right, 0, shape_.width - 1);
      const Index from_x = turned ? shape_.width - 1 - moved : moved;
      const double* const pixel = image.data() + (from_y * shape_.width + from_x) * shape_.channels;
      for (Index c = 0; c < shape_.channels; ++c) *out++ = static_cast<float>(pixel[c]);
    }
  }
}

}  // namespace hourglass
