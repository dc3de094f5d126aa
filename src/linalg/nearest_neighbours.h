#pragma once

#include <memory>

#include "base/thread_pool.h"
#include "tensor/matrix.h"

namespace hourglass {

/// For each query its nearest rows, nearest first; of equally near ones the earlier row first.
struct Neighbours {
  Matrix<Index> rows;               ///< queries × k
  Matrix<double> squared_distance;  ///< queries × k
};

/// Rows made ready to be searched, any number of times and by any number of threads.
class NeighbourSearch {
 public:
  /// At least one row; `rows` must outlive this. Makes two copies of them, one of which it keeps.
  explicit NeighbourSearch(MatrixView<const float> rows);
  ~NeighbourSearch();
  NeighbourSearch(NeighbourSearch&&) noexcept;

  /// See nearest_neighbours(); k ≤ rows.
  Neighbours nearest(MatrixView<const float> queries, Index k, ThreadPool& pool) const;

  /// How near each row is to each query, larger being nearer, as far as float32 can tell:
  /// queries × rows. Serial; a few queries at a time are best.
  void nearness(MatrixView<const float> queries, MatrixView<float> out) const;

 private:
  class Search;
  std::unique_ptr<const Search> search_;
};

/// Exact k nearest rows by Euclidean distance, k ≤ rows. Matrix products in float32 tell which rows
/// cannot be among them; the distances of the rest are computed in float64. Memory beside the
/// arguments is two copies of `rows`, one of `queries` and a few blocks. Equal for any number of
/// threads.
Neighbours nearest_neighbours(MatrixView<const float> rows, MatrixView<const float> queries,
                              Index k, ThreadPool& pool);

}  // namespace hourglass
