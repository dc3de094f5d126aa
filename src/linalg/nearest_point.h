#pragma once

#include <memory>
#include <vector>

#include "linalg/point_blocks.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// Tells how far points are from the nearest of some that are known. Used by any number of threads
/// at the same time.
class NearestPoint {
 public:
  /// At least one point.
  explicit NearestPoint(std::shared_ptr<const Matrix<float>> points);

  const std::shared_ptr<const Matrix<float>>& points() const { return points_; }

  /// The squared Euclidean distance of each query to its nearest point. Which one that is products
  /// in float32 decide, so of two that are as near to within their rounding it may be either; its
  /// distance is computed in float64. A query's result does not depend on the others.
  void squared_distances(Panels<const float> queries, double* distances) const;

 private:
  void distances_of_few(Panels<const float> queries, double* distances) const;

  std::shared_ptr<const Matrix<float>> points_;
  std::vector<PointBlock> blocks_;
};

}  // namespace hourglass
