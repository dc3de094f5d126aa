#include "linalg/nearest_neighbours.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "random_rows.h"

namespace hourglass {
namespace {

// Every distance, sorted with the row as the second key.
void expect_exact(const Matrix<float>& rows, const Matrix<float>& queries, Index k, int threads) {
  ThreadPool pool(threads);
  const Neighbours found = nearest_neighbours(rows, queries, k, pool);
  for (Index q = 0; q < queries.rows(); ++q) {
    std::vector<std::pair<double, Index>> all;
    for (Index r = 0; r < rows.rows(); ++r) {
      double sum = 0;
      for (Index c = 0; c < rows.cols(); ++c) {
        const double difference = static_cast<double>(rows.at(r, c)) - queries.at(q, c);
        sum += difference * difference;
      }
      all.emplace_back(sum, r);
    }
    std::sort(all.begin(), all.end());
    for (Index i = 0; i < k; ++i) {
      const auto& [distance, row] = all[static_cast<std::size_t>(i)];
      ASSERT_EQ(found.rows.at(q, i), row) << "query " << q << ", neighbour " << i;
      ASSERT_EQ(found.squared_distance.at(q, i), distance);
    }
  }
}

TEST(NearestNeighbours, AreThoseOfAllDistances) {
  expect_exact(random_rows(1, 3, 1), random_rows(5, 3, 2), 1, 1);
  expect_exact(random_rows(300, 7, 1), random_rows(200, 7, 2), 5, 1);
  expect_exact(random_rows(5000, 20, 3), random_rows(130, 20, 4), 11, 3);
}

TEST(NearestNeighbours, AreExactFarFromTheOrigin) {
  // Products of numbers near 1000 in float32 could not tell these rows apart.
  expect_exact(random_rows(2500, 10, 5, 1000), random_rows(50, 10, 6, 1000), 5, 2);
}

TEST(NearestNeighbours, OfEquallyNearOnesTheEarlierRowsCount) {
  Matrix<float> rows(3000, 2);
  for (Index r = 0; r < 3000; ++r) rows.at(r, 0) = static_cast<float>(r % 2);
  Matrix<float> query(1, 2);
  query.at(0, 0) = 1;
  ThreadPool pool(1);
  const Neighbours found = nearest_neighbours(rows, query, 4, pool);
  for (Index i = 0; i < 4; ++i) EXPECT_EQ(found.rows.at(0, i), 2 * i + 1);
  EXPECT_EQ(found.squared_distance.at(0, 3), 0);
}

TEST(NearestNeighbours, MayBeAllRows) {
  expect_exact(random_rows(40, 3, 7), random_rows(3, 3, 8), 40, 1);
}

}  // namespace
}  // namespace hourglass
