#include "data/picture_array.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {

PictureArray::PictureArray(const Table& table, double largest) : table_(table), largest_(largest) {
  std::vector<Index> shape = {table.rows()};
  shape.insert(shape.end(), table.sample_shape.begin(), table.sample_shape.end());
  const bool colour = shape.size() > 2 && (shape.back() == 1 || shape.back() == 3);
  const std::size_t sides = colour ? shape.size() - 1 : shape.size();
  if (sides < 2 || sides > 3 || !table.columns.empty()) {
    data_error(
        fmt::format("{} holds no pictures: give an array of height x width, height x width "
                    "x 3, or several of them behind each other",
                    table.source));
  }
  count_ = sides == 3 ? shape[0] : 1;
  rows_each_ = table.rows() / count_;
  blank_.height = shape[sides - 2];
  blank_.width = shape[sides - 1];
  blank_.channels = colour ? shape.back() : 1;
  blank_.bit_depth = 32;
}

Image PictureArray::picture(Index number) const {
  Image image = blank_;
  const Index block = std::max<Index>(1, (Index{1} << 17) / table_.cols());
  std::vector<double> rows(static_cast<std::size_t>(std::min(block, rows_each_) * table_.cols()));
  const Index end = (number + 1) * rows_each_;
  for (Index row = number * rows_each_; row < end; row += block) {
    const Index last = std::min(row + block, end);
    table_.store->read(row, last, rows.data());
    for (Index i = 0; i < (last - row) * table_.cols(); ++i) {
      const double value = rows[static_cast<std::size_t>(i)];
      if (std::abs(value) > largest_) {
        data_error(
            fmt::format("{} holds {} in row {}: black is taken to be 0 and white 1; divide "
                        "levels of 8 bits by 255",
                        table_.source, value, row + i / table_.cols() + 1));
      }
      image.pixels.push_back(static_cast<float>(value));
    }
  }
  return image;
}

}  // namespace hourglass
