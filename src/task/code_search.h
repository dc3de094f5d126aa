#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "hourglass/search.h"
#include "linalg/nearest_neighbours.h"
#include "task/code_index.h"

namespace hourglass {

/// Exact search among the rows of an index that are not taken out: every row is looked at. Hits
/// are in the order of their distance and, of equal ones, of their rows; no result depends on the
/// number of threads. Keeps references and, unless bits are compared, two copies of the codes.
class CodeSearch {
 public:
  explicit CodeSearch(const CodeIndex& index);

  /// The k nearest rows of each query (n × index.width), fewer where there are fewer.
  std::vector<std::vector<Hit>> nearest(MatrixView<const float> queries, Index k,
                                        ThreadPool& pool) const;

  /// visit(query, rows): all rows in that order; called by any thread, once for each query. Where
  /// codes are numbers, those nearly as far apart as float32 can tell come in the order of rows.
  void rank_all(
      MatrixView<const float> queries, ThreadPool& pool,
      const std::function<void(Index query, const std::vector<Index>& rows)>& visit) const;

 private:
  std::vector<Hit> nearest_bits(const float* query, Index k) const;
  std::vector<std::uint32_t> bit_distances(const float* query) const;

  const CodeIndex& index_;
  std::vector<Index> rows_;                  // those not taken out
  Matrix<float> points_;                     // comparable codes of these, but for bits
  std::unique_ptr<NeighbourSearch> search_;  // among them; null where there are none
};

}  // namespace hourglass
