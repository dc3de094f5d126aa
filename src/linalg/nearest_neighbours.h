#pragma once

#include "base/thread_pool.h"
#include "tensor/matrix.h"

namespace hourglass {

/// For each query its nearest rows, nearest first; of equally near ones the earlier row first.
struct Neighbours {
  Matrix<Index> rows;               ///< queries × k
  Matrix<double> squared_distance;  ///< queries × k
};

/// Exact k nearest rows by Euclidean distance, k ≤ rows. Matrix products in float32 tell which rows
/// cannot be among them; the distances of the rest are computed in float64. Memory beside the
/// arguments is two copies of `rows`, one of `queries` and a few blocks. Equal for any number of
/// threads.
Neighbours nearest_neighbours(MatrixView<const float> rows, MatrixView<const float> queries,
                              Index k, ThreadPool& pool);

}  // namespace hourglass
