#include "task/code_search.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "small_index.h"

namespace hourglass {
namespace {

double plain_distance(Metric metric, const float* a, const float* b, Index width,
                      const std::vector<float>& thresholds) {
  double ab = 0, aa = 0, bb = 0, squares = 0, bits = 0;
  for (Index c = 0; c < width; ++c) {
    const double x = a[c], y = b[c];
    ab += x * y;
    aa += x * x;
    bb += y * y;
    squares += (x - y) * (x - y);
    if (metric != Metric::kHamming) continue;
    const float threshold = thresholds[static_cast<std::size_t>(c)];
    bits += (a[c] > threshold) != (b[c] > threshold);
  }
  if (metric == Metric::kCosine) return 1 - ab / std::sqrt(aa * bb);
  return metric == Metric::kEuclidean ? std::sqrt(squares) : bits;
}

void expect_all_distances_sorted(Metric metric, Index width, int threads) {
  const Matrix<float> codes = scattered(700, width, 1);
  const Matrix<float> queries = scattered(40, width, 2);
  const CodeIndex index = index_of(metric, codes);
  ThreadPool pool(threads);
  const auto hits = CodeSearch(index).nearest(queries, 15, pool);
  for (Index q = 0; q < queries.rows(); ++q) {
    std::vector<std::pair<double, Index>> all;
    for (Index r = 0; r < codes.rows(); ++r) {
      all.emplace_back(
          plain_distance(metric, queries.row(q), codes.row(r), width, index.bits.thresholds()), r);
    }
    std::ranges::sort(all);
    const std::vector<Hit>& own = hits[static_cast<std::size_t>(q)];
    ASSERT_EQ(own.size(), 15U);
    for (std::size_t i = 0; i < own.size(); ++i) {
      ASSERT_EQ(own[i].row, all[i].second) << "query " << q << ", hit " << i;
      ASSERT_NEAR(own[i].distance, all[i].first, 1e-6);
    }
  }
}

TEST(CodeSearch, FindsWhatAllDistancesTell) {
  expect_all_distances_sorted(Metric::kCosine, 7, 1);
  expect_all_distances_sorted(Metric::kEuclidean, 20, 3);
  expect_all_distances_sorted(Metric::kHamming, 70, 2);
  expect_all_distances_sorted(Metric::kHamming, 64, 1);
}

TEST(CodeSearch, LeavesOutRowsThatAreTakenOut) {
  for (const Metric metric : {Metric::kCosine, Metric::kHamming}) {
    CodeIndex index = index_of(metric, scattered(50, 9, 3));
    index.deleted[7] = 1;
    ThreadPool pool(1);
    const std::vector<float> code = index.code_of(7);
    const auto hits = CodeSearch(index).nearest({code.data(), 1, 9}, 100, pool);
    ASSERT_EQ(hits[0].size(), 49U);
    for (const Hit& hit : hits[0]) EXPECT_NE(hit.row, 7);
  }
}

TEST(CodeSearch, RanksAsItFinds) {
  for (const Metric metric : {Metric::kCosine, Metric::kEuclidean, Metric::kHamming}) {
    CodeIndex index = index_of(metric, scattered(300, 12, 4));
    index.deleted[0] = index.deleted[299] = 1;
    const Matrix<float> queries = scattered(37, 12, 5);
    ThreadPool pool(2);
    const CodeSearch search(index);
    const auto hits = search.nearest(queries, 298, pool);
    search.rank_all(queries, pool, [&](Index query, const std::vector<Index>& rows) {
      std::vector<Index> found;
      for (const Hit& hit : hits[static_cast<std::size_t>(query)]) found.push_back(hit.row);
      EXPECT_EQ(rows, found);
    });
  }
}

TEST(CodeSearch, OfNothingLeftFindsNothing) {
  CodeIndex index = index_of(Metric::kCosine, scattered(2, 3, 6));
  index.deleted = {1, 1};
  ThreadPool pool(1);
  const auto hits = CodeSearch(index).nearest(scattered(2, 3, 7), 5, pool);
  EXPECT_TRUE(hits[0].empty() && hits[1].empty());
}

TEST(CodeIndex, ACodeOfBitsHasTheseBits) {
  CodeIndex index = index_of(Metric::kHamming, scattered(20, 130, 8));
  for (Index r = 0; r < 20; ++r) {
    index.bits.add(index.code_of(r).data());
    EXPECT_TRUE(std::equal(index.bits.row(r), index.bits.row(r) + 3, index.bits.row(20 + r)));
  }
}

TEST(CodeIndex, ZerosHaveNoDirection) {
  Matrix<float> codes(2, 3);
  codes.at(1, 0) = 5;
  const Matrix<float> points = comparable(Metric::kCosine, codes);
  EXPECT_EQ(points.at(0, 0), 0);
  EXPECT_EQ(points.at(1, 0), 1);
}

}  // namespace
}  // namespace hourglass
