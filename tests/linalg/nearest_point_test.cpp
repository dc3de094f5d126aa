#include "linalg/nearest_point.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "kernel/elementwise.h"
#include "random_rows.h"

namespace hourglass {
namespace {

NearestPoint nearest_of(Matrix<float> points) {
  return NearestPoint(std::make_shared<const Matrix<float>>(std::move(points)));
}

std::vector<double> distances(const NearestPoint& known, const Matrix<float>& queries) {
  PanelMatrix<float> panels(queries.rows(), queries.cols());
  to_panels(queries.data(), queries.cols(), panels.view(), {0, queries.rows()});
  std::vector<double> found(static_cast<std::size_t>(queries.rows()));
  known.squared_distances(panels.view(), found.data());
  return found;
}

double least_distance(const Matrix<float>& points, const float* query) {
  double least = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < points.rows(); ++i) {
    double sum = 0;
    for (Index c = 0; c < points.cols(); ++c) {
      const double difference = static_cast<double>(query[c]) - points.at(i, c);
      sum += difference * difference;
    }
    least = std::min(least, sum);
  }
  return least;
}

void expect_least(Index points, Index queries, Index cols, double offset, double tolerance) {
  const Matrix<float> known = random_rows(points, cols, 1, offset);
  const Matrix<float> asked = random_rows(queries, cols, 2, offset);
  const std::vector<double> found =
      distances(nearest_of(random_rows(points, cols, 1, offset)), asked);
  for (Index q = 0; q < queries; ++q) {
    const double least = least_distance(known, asked.row(q));
    EXPECT_GE(found[static_cast<std::size_t>(q)], least);
    EXPECT_LE(found[static_cast<std::size_t>(q)], least + tolerance) << "query " << q;
  }
}

TEST(NearestPoint, IsAsFarAsTheLeastOfAllDistances) {
  expect_least(1, 5, 3, 0, 1e-5);
  expect_least(16, 1, 16, 0, 1e-5);
  expect_least(250, 101, 37, 0, 1e-4);
  expect_least(5000, 130, 20, 0, 1e-4);  // more than a block of points
}

TEST(NearestPoint, MayLieFarFromTheOrigin) { expect_least(19, 60, 5, -30, 1e-2); }

// Each product is negative where points are farther from the origin than from the query, so that a
// 0 of the padding would be the largest.
TEST(NearestPoint, IsNoneOfThePadding) {
  const Matrix<float> queries = random_rows(60, 5, 2);
  const std::vector<double> found = distances(nearest_of(random_rows(19, 5, 1, -30)), queries);
  for (Index q = 0; q < 60; ++q) {
    const double least = least_distance(random_rows(19, 5, 1, -30), queries.row(q));
    EXPECT_NEAR(found[static_cast<std::size_t>(q)], least, 1e-2) << "query " << q;
  }
}

TEST(NearestPoint, OfAKnownPointIsThatPoint) {
  const NearestPoint known = nearest_of(random_rows(300, 40, 3));
  for (const double distance : distances(known, random_rows(300, 40, 3))) {
    EXPECT_EQ(distance, 0);
  }
}

TEST(NearestPoint, OfAQueryDoesNotDependOnTheOthers) {
  const NearestPoint known = nearest_of(random_rows(77, 9, 4));
  const Matrix<float> queries = random_rows(150, 9, 5);
  const std::vector<double> together = distances(known, queries);
  for (const Index q : {0, 47, 48, 149}) {
    Matrix<float> alone(1, 9);
    std::copy_n(queries.row(q), 9, alone.data());
    EXPECT_EQ(distances(known, alone)[0], together[static_cast<std::size_t>(q)]) << q;
  }
}

TEST(NearestPoint, OfAQueryThatIsNotFiniteIsNotNear) {
  const NearestPoint known = nearest_of(random_rows(20, 2, 6));
  Matrix<float> query(2, 2);
  query.at(0, 0) = std::numeric_limits<float>::infinity();
  query.at(1, 1) = std::numeric_limits<float>::quiet_NaN();
  for (const double distance : distances(known, query)) EXPECT_FALSE(distance < 1e30);
}

}  // namespace
}  // namespace hourglass
