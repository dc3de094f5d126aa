#pragma once

#include <limits>

#include "data/image.h"
#include "data/table.h"

namespace hourglass {

/// The pictures that an array holds: height × width numbers, or n of those, either with one colour
/// or three behind.
class PictureArray {
 public:
  /// Throws ErrorKind::kData if it is of another shape, or a table. Keeps a reference. Numbers of
  /// a magnitude beyond `largest` are refused when they are read.
  explicit PictureArray(const Table& table,
                        double largest = std::numeric_limits<double>::infinity());

  Index count() const { return count_; }
  Index height() const { return blank_.height; }
  Index width() const { return blank_.width; }
  Index channels() const { return blank_.channels; }
  /// Rows of the table that make one picture.
  Index rows_each() const { return rows_each_; }

  /// The picture of that number, from 0, of 32 bits; NaN where the table lacks a number. Throws
  /// ErrorKind::kData naming the first row with a number that is too large.
  Image picture(Index number) const;

 private:
  const Table& table_;
  double largest_;
  Index count_, rows_each_;
  Image blank_;
};

}  // namespace hourglass
