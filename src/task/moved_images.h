#pragma once

#include <cstdint>
#include <vector>

#include "data/table.h"

namespace hourglass {

/// The sides of images that are samples: pixels of `channels` numbers each, row by row.
struct ImageShape {
  Index height, width, channels;

  Index pixels() const { return height * width; }
  Index numbers() const { return pixels() * channels; }
};

/// Of a sample's shape with 2 or 3 sides.
ImageShape image_shape(const std::vector<Index>& sample_shape);

/// Rows of a table as images that each time stand a little elsewhere, by up to a twentieth of their
/// sides, continued by the pixels of their edges; and if they are mirrored, left for right every
/// other time. What is drawn is a function of the seed and the position; drawing is thread-safe.
class MovedImages {
 public:
  /// `rows`: at least one, of whole images. Keeps a reference to the table. `most`: that are to be
  /// drawn; there are fewer where there are not as many different ones.
  MovedImages(const Table& table, std::vector<Index> rows, const ImageShape& shape, bool mirrored,
              Index most, std::uint64_t seed);

  Index count() const { return count_; }
  /// Those at begin … end − 1 of them.
  void read(Index begin, Index end, float* out) const;

 private:
  void draw(Index position, float* out) const;

  const Table& table_;
  std::vector<Index> rows_;
  ImageShape shape_;
  bool mirrored_;
  Index count_;
  std::uint64_t seed_;
};

}  // namespace hourglass
