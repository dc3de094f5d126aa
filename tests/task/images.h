#pragma once

#include <utility>
#include <vector>

#include "data/test_table.h"

namespace hourglass {

/// A table of images of this shape, each as its numbers one after the other.
inline Table table_of_images(const std::vector<std::vector<double>>& images,
                             std::vector<Index> shape) {
  std::vector<double> values;
  for (const std::vector<double>& image : images) {
    values.insert(values.end(), image.begin(), image.end());
  }
  Table table = make_table(std::ssize(images.front()), std::move(values));
  table.sample_shape = std::move(shape);
  return table;
}

}  // namespace hourglass
