#include "linalg/nearest_neighbours.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/interrupt.h"
#include "kernel/elementwise.h"
#include "linalg/point_blocks.h"

namespace hourglass {
namespace {

constexpr Index kBlockQueries = 96;

// Centred on the rows' mean, so that a large common offset costs no digits.
Matrix<float> centred(MatrixView<const float> values, const std::vector<double>& mean) {
  Matrix<float> result(values.rows, values.cols);
  for (Index r = 0; r < values.rows; ++r) {
    for (Index c = 0; c < values.cols; ++c) {
      const double difference = values.at(r, c) - mean[static_cast<std::size_t>(c)];
      result.at(r, c) = static_cast<float>(difference);
    }
  }
  return result;
}

std::vector<double> mean_of(MatrixView<const float> rows) {
  std::vector<double> mean(static_cast<std::size_t>(rows.cols));
  for (Index r = 0; r < rows.rows; ++r) {
    for (Index c = 0; c < rows.cols; ++c) mean[static_cast<std::size_t>(c)] += rows.at(r, c);
  }
  for (double& value : mean) value /= static_cast<double>(rows.rows);
  return mean;
}

double squared_distance(const float* a, const float* b, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c) {
    const double difference = static_cast<double>(a[c]) - b[c];
    sum += difference * difference;
  }
  return sum;
}

// The rows that may be among a query's k nearest, as far as float32 can tell.
class Candidates {
 public:
  // `margin`: how far two scores can be apart by rounding alone.
  Candidates(Index k, double margin) : k_(static_cast<std::size_t>(k)), margin_(margin) {}

  void offer(Index row, float score) {
    if (score < lowest_) return;
    kept_.emplace_back(score, row);
    if (kept_.size() >= limit_) prune();
  }

  const std::vector<std::pair<float, Index>>& rest() {
    prune();
    return kept_;
  }

 private:
  void prune() {
    if (kept_.size() <= k_) return;
    std::vector<float> scores;
    for (const auto& [score, row] : kept_) scores.push_back(score);
    const auto kth = scores.begin() + static_cast<std::ptrdiff_t>(k_) - 1;
    std::nth_element(scores.begin(), kth, scores.end(), std::greater<>());
    lowest_ = static_cast<double>(*kth) - margin_;
    std::erase_if(kept_, [&](const auto& each) { return each.first < lowest_; });
    limit_ = std::max(limit_, 2 * kept_.size());
  }

  std::size_t k_;
  double margin_;
  double lowest_ = -std::numeric_limits<double>::infinity();
  std::vector<std::pair<float, Index>> kept_;
  std::size_t limit_ = 4 * k_ + 64;
};

// How far apart two scores of a query can be by rounding alone: a sum of n products in float32 is
// off by at most about n·ε of the factors' norms.
double score_margin(Index features, double query_norm, double longest) {
  const double epsilon = static_cast<double>(std::numeric_limits<float>::epsilon());
  return 2 * static_cast<double>(features + 4) * epsilon * longest * (query_norm + longest);
}

}  // namespace

class NeighbourSearch::Search {
 public:
  explicit Search(MatrixView<const float> rows) : rows_(rows), mean_(mean_of(rows)) {
    const Matrix<float> centred_rows = centred(rows, mean_);
    blocks_ = blocks_of(centred_rows.view());
    for (Index r = 0; r < rows.rows; ++r) {
      longest_ = std::max(longest_, std::sqrt(squared_norm(centred_rows.row(r), rows.cols)));
    }
  }

  Index rows() const { return rows_.rows; }
  Index cols() const { return rows_.cols; }

  // The k nearest of some queries, into the result's rows from `first` on.
  void nearest(MatrixView<const float> queries, Index k, Index first, Neighbours& result) const {
    std::vector<Candidates> candidates;
    const Matrix<float> centred_queries = centred(queries, mean_);
    for (Index q = 0; q < queries.rows; ++q) {
      const double norm = std::sqrt(squared_norm(centred_queries.row(q), rows_.cols));
      candidates.emplace_back(k, score_margin(rows_.cols, norm, longest_));
    }
    for_each_block(centred_queries, [&](const PointBlock& block, Panels<const float> scores) {
      for (Index q = 0; q < queries.rows; ++q) {
        Candidates& of_query = candidates[static_cast<std::size_t>(q)];
        for (Index i = 0; i < scores.cols; ++i) of_query.offer(block.begin + i, scores.at(q, i));
      }
    });
    for (Index q = 0; q < queries.rows; ++q) {
      take_nearest(queries.row(q), k, candidates[static_cast<std::size_t>(q)].rest(), first + q,
                   result);
    }
  }

  void nearness(MatrixView<const float> queries, MatrixView<float> out) const {
    for_each_block(centred(queries, mean_),
                   [&](const PointBlock& block, Panels<const float> scores) {
                     from_panels(scores, out.data + block.begin, out.cols, {0, queries.rows});
                   });
  }

 private:
  // visit(block, scores): queries × the block's points.
  template <class Visit>
  void for_each_block(const Matrix<float>& centred_queries, const Visit& visit) const {
    const Index count = centred_queries.rows();
    PanelMatrix<float> input(count, rows_.cols);
    to_panels(centred_queries.data(), rows_.cols, input.view(), {0, count});
    PanelMatrix<float> scores(count, std::min(kBlockPoints, rows_.rows));
    for (const PointBlock& block : blocks_) {
      const Panels<float> outputs{scores.view().data, count, block.columns.cols(),
                                  scores.view().stride};
      multiply(block, std::as_const(input).view(), outputs);
      visit(block, Panels<const float>(outputs));
    }
  }

  void take_nearest(const float* query, Index k,
                    const std::vector<std::pair<float, Index>>& candidates, Index place,
                    Neighbours& result) const {
    std::vector<std::pair<double, Index>> nearest;
    for (const auto& [score, row] : candidates) {
      nearest.emplace_back(squared_distance(rows_.row(row), query, rows_.cols), row);
    }
    std::partial_sort(nearest.begin(), nearest.begin() + k, nearest.end());
    for (Index i = 0; i < k; ++i) {
      const auto& [distance, row] = nearest[static_cast<std::size_t>(i)];
      result.rows.at(place, i) = row;
      result.squared_distance.at(place, i) = distance;
    }
  }

  MatrixView<const float> rows_;
  std::vector<double> mean_;
  std::vector<PointBlock> blocks_;
  double longest_ = 0;  // of the centred rows' norms
};

NeighbourSearch::NeighbourSearch(MatrixView<const float> rows)
    : search_(std::make_unique<const Search>(rows)) {}
NeighbourSearch::~NeighbourSearch() = default;
NeighbourSearch::NeighbourSearch(NeighbourSearch&&) noexcept = default;

Neighbours NeighbourSearch::nearest(MatrixView<const float> queries, Index k,
                                    ThreadPool& pool) const {
  HOURGLASS_CHECK(k > 0 && k <= search_->rows() && search_->cols() == queries.cols);
  Neighbours result{Matrix<Index>(queries.rows, k), Matrix<double>(queries.rows, k)};
  pool.for_each((queries.rows + kBlockQueries - 1) / kBlockQueries, [&](Index i) {
    throw_if_interrupted();
    const Index begin = i * kBlockQueries;
    const Index count = std::min(queries.rows - begin, kBlockQueries);
    search_->nearest({queries.row(begin), count, queries.cols}, k, begin, result);
  });
  return result;
}

void NeighbourSearch::nearness(MatrixView<const float> queries, MatrixView<float> out) const {
  HOURGLASS_CHECK(search_->cols() == queries.cols && out.cols == search_->rows());
  search_->nearness(queries, out);
}

Neighbours nearest_neighbours(MatrixView<const float> rows, MatrixView<const float> queries,
                              Index k, ThreadPool& pool) {
  return NeighbourSearch(rows).nearest(queries, k, pool);
}

}  // namespace hourglass
