#include "linalg/gaussian_estimate.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "random_rows.h"

namespace hourglass {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();  // not to be read

// Rows whose features hang together: each is its neighbour's and something of its own.
Matrix<float> walks(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> matrix = random_rows(rows, cols, seed);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 1; c < cols; ++c) matrix.at(r, c) += matrix.at(r, c - 1);
  }
  return matrix;
}

Pca pca_of(const Matrix<float>& rows, Index count) {
  return fit_pca(
      rows.rows(), rows.cols(),
      [&](Index begin, Index end, float* out) {
        std::copy_n(rows.row(begin), (end - begin) * rows.cols(), out);
      },
      count);
}

// Two features with covariance (5 3; 3 5): components (1, 1)/√2 of variance 8, (1, −1)/√2 of 2.
GaussianEstimate of_two(double noise) {
  GaussianEstimate estimate;
  estimate.mean = {10, 20};
  estimate.variance = {8, 2};
  estimate.noise = noise;
  estimate.components = Matrix<float>(2, 2);
  const auto h = static_cast<float>(std::sqrt(0.5));
  estimate.components.at(0, 0) = estimate.components.at(0, 1) = h;
  estimate.components.at(1, 0) = h;
  estimate.components.at(1, 1) = -h;
  return estimate;
}

TEST(GaussianEstimate, IsTheRegressionOnWhatIsKnown) {
  for (const double noise : {0.01, 1.0, 20.0}) {
    const GaussianEstimate estimate = of_two(noise);
    float values[] = {14, kMissing};
    ASSERT_TRUE(ConditionalMean(estimate, {1}).put_into(values));
    EXPECT_EQ(values[0], 14);
    EXPECT_NEAR(values[1], 20 + 3 / (5 + noise) * 4, 1e-4) << noise;
  }
}

TEST(GaussianEstimate, TakesAnotherNoise) {
  const GaussianEstimate estimate = of_two(1);
  float values[] = {kMissing, 26};
  ConditionalMean mean(estimate, {0});
  mean.expect_noise(4);
  ASSERT_TRUE(mean.put_into(values));
  EXPECT_NEAR(values[0], 10 + 3 / (5 + 4.0) * 6, 1e-5);
}

TEST(GaussianEstimate, WithoutAnythingKnownIsTheMean) {
  const GaussianEstimate estimate = of_two(1);
  float values[] = {kMissing, kMissing};
  ASSERT_TRUE(ConditionalMean(estimate, {0, 1}).put_into(values));
  EXPECT_NEAR(values[0], 10, 1e-6);
  EXPECT_NEAR(values[1], 20, 1e-6);
}

// Whether few or many are missing, in which cases it is worked out in different ways: what is found
// is where the known numbers and the covariance leave the density highest.
TEST(GaussianEstimate, IsWhereTheDensityIsHighest) {
  const Index cols = 12;
  const Matrix<float> rows = walks(400, cols, 1);
  const GaussianEstimate estimate = gaussian_from(pca_of(rows, 4), 0.5);
  ASSERT_EQ(estimate.count(), 4);
  // −2 log density = dᵀ(UᵀΛU + noise)⁻¹d, by the matrix inversion lemma.
  const auto distance = [&](const std::vector<double>& x) {
    double sum = 0;
    for (std::size_t c = 0; c < x.size(); ++c) {
      sum += std::pow(x[c] - estimate.mean[c], 2) / estimate.noise;
    }
    for (Index k = 0; k < estimate.count(); ++k) {
      double along = 0;
      for (std::size_t c = 0; c < x.size(); ++c) {
        along += static_cast<double>(estimate.components.at(k, static_cast<Index>(c))) *
                 (x[c] - estimate.mean[c]);
      }
      const double variance = estimate.variance[static_cast<std::size_t>(k)];
      sum -= along * along * variance / (estimate.noise * (variance + estimate.noise));
    }
    return sum;
  };
  for (const std::vector<Index>& missing :
       {std::vector<Index>{4}, {0, 5, 6}, {0, 2, 5, 6, 11}, {0, 1, 2, 3, 4, 5, 7, 9, 10}}) {
    std::vector<float> values(rows.row(3), rows.row(3) + cols);
    for (const Index f : missing) values[static_cast<std::size_t>(f)] = kMissing;
    ASSERT_TRUE(ConditionalMean(estimate, missing).put_into(values.data()));
    const std::vector<double> found(values.begin(), values.end());
    for (const Index f : missing) {
      for (const double step : {-0.05, 0.05}) {
        std::vector<double> beside = found;
        beside[static_cast<std::size_t>(f)] += step;
        EXPECT_GT(distance(beside), distance(found)) << missing.size() << " missing, " << f;
      }
    }
  }
}

TEST(GaussianEstimate, LeavesOutWhatDoesNotVary) {
  Matrix<float> rows = random_rows(50, 5, 2);
  for (Index r = 0; r < rows.rows(); ++r) rows.at(r, 4) = rows.at(r, 0);
  EXPECT_EQ(gaussian_from(pca_of(rows, 5), 1).count(), 4);
}

TEST(GaussianEstimate, OfHugeNumbersIsNone) {
  GaussianEstimate estimate = of_two(1);
  float values[] = {std::numeric_limits<float>::infinity(), 1};
  EXPECT_FALSE(ConditionalMean(estimate, {1}).put_into(values));
  estimate.mean[1] = 1e300;
  values[0] = 1;
  EXPECT_FALSE(ConditionalMean(estimate, {1}).put_into(values));
  EXPECT_EQ(values[1], 1);
}

TEST(GaussianEstimate, ComponentsThatAreNoneGiveNothing) {
  GaussianEstimate estimate;
  estimate.mean.assign(5, 0);
  estimate.variance = {1};
  estimate.noise = 1e-3;
  estimate.components = Matrix<float>(1, 5);
  for (const float component : {30.0F, std::numeric_limits<float>::max()}) {
    std::fill_n(estimate.components.data(), 5, component);
    for (const std::vector<Index>& missing : {std::vector<Index>{0}, {0, 1}}) {
      float values[] = {1, 1, 7, 7, 7};
      EXPECT_FALSE(ConditionalMean(estimate, missing).put_into(values)) << component;
      EXPECT_EQ(values[0], 1);
    }
  }
}

}  // namespace
}  // namespace hourglass
