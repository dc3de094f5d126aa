#include "linalg/pca.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

#include "base/random.h"

namespace hourglass {
namespace {

RowBlockReader reader_of(const Matrix<float>& data) {
  return [&data](Index begin, Index end, float* out) {
    ASSERT_LE(end, data.rows());
    std::copy_n(data.row(begin), (end - begin) * data.cols(), out);
  };
}

Pca fit(const Matrix<float>& data, Index latent_dim, Index exact_limit = 2048) {
  return fit_pca(data.rows(), data.cols(), reader_of(data), latent_dim, exact_limit);
}

double error_of(const Pca& pca, const Matrix<float>& data) {
  return pca_squared_error(pca, data.rows(), reader_of(data));
}

// Rows with a spectrum that decays as `decay`^k along random directions, plus an offset.
Matrix<float> decaying(Index rows, Index features, double decay, std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::kProbe);
  const Index rank = std::min<Index>(features, features > 10000 ? 5 : 40);
  Matrix<double> directions(rank, features);
  for (Index i = 0; i < rank * features; ++i) directions.data()[i] = random.normal();
  Matrix<float> data(rows, features);
  for (Index r = 0; r < rows; ++r) {
    std::vector<double> row(static_cast<std::size_t>(features), 5);
    for (Index k = 0; k < rank; ++k) {
      const double score = random.normal() * std::pow(decay, static_cast<double>(k));
      for (Index c = 0; c < features; ++c)
        row[static_cast<std::size_t>(c)] += score * directions.at(k, c);
    }
    for (Index c = 0; c < features; ++c)
      data.at(r, c) = static_cast<float>(row[static_cast<std::size_t>(c)]);
  }
  return data;
}

void expect_orthonormal(const Matrix<double>& rows, double tolerance = 1e-10) {
  for (Index i = 0; i < rows.rows(); ++i) {
    for (Index j = 0; j <= i; ++j) {
      double product = 0;
      for (Index c = 0; c < rows.cols(); ++c) product += rows.at(i, c) * rows.at(j, c);
      EXPECT_NEAR(product, i == j ? 1 : 0, tolerance) << i << ", " << j;
    }
  }
}

TEST(Pca, ByHand) {
  // Four points on a cross: ±2 along (1, 1)/√2 and ±1 along (−1, 1)/√2, about (10, 20).
  const double h = std::numbers::sqrt2 / 2;
  Matrix<float> data(4, 2);
  const double points[4][2] = {{2 * h, 2 * h}, {-2 * h, -2 * h}, {-h, h}, {h, -h}};
  for (Index r = 0; r < 4; ++r) {
    data.at(r, 0) = static_cast<float>(10 + points[r][0]);
    data.at(r, 1) = static_cast<float>(20 + points[r][1]);
  }
  const Pca pca = fit(data, 1);
  EXPECT_NEAR(pca.mean[0], 10, 1e-6);
  EXPECT_NEAR(pca.mean[1], 20, 1e-6);
  EXPECT_NEAR(pca.components.at(0, 0), h, 1e-6);
  EXPECT_NEAR(pca.components.at(0, 1), h, 1e-6);
  EXPECT_NEAR(pca.variance[0], 8.0 / 3, 1e-5);
  EXPECT_NEAR(pca.total_variance, 10.0 / 3, 1e-5);
  EXPECT_NEAR(error_of(pca, data), 0.5, 1e-5);
}

struct Shape {
  Index rows, features;
};
class PcaShapes : public testing::TestWithParam<Shape> {};

TEST_P(PcaShapes, HasItsProperties) {
  const auto [rows, features] = GetParam();
  const Matrix<float> data = decaying(rows, features, 0.9, 1);
  const double divisor = static_cast<double>(std::max<Index>(rows - 1, 1));
  for (const Index latent_dim : {Index{1}, Index{3}, Index{500}}) {
    const Pca pca = fit(data, latent_dim);
    ASSERT_EQ(pca.latent_dim(), std::min({latent_dim, rows, features}));
    expect_orthonormal(pca.components);
    EXPECT_TRUE(std::ranges::is_sorted(pca.variance, std::greater()));
    double kept = 0;
    for (const double variance : pca.variance) kept += variance;
    // On the training rows the error is the variance that was discarded.
    EXPECT_NEAR(error_of(pca, data) * static_cast<double>(rows) / divisor,
                pca.total_variance - kept, 1e-9 * pca.total_variance + 1e-12);
    for (Index k = 0; k < pca.latent_dim(); ++k) {
      const double* row = pca.components.row(k);
      EXPECT_GT(*std::max_element(row, row + features,
                                  [](double a, double b) { return std::abs(a) < std::abs(b); }),
                0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Pca, PcaShapes,
                         testing::Values(Shape{1, 1}, Shape{1, 5}, Shape{2, 5}, Shape{50, 1},
                                         Shape{200, 20}, Shape{30, 20}, Shape{20, 20},
                                         Shape{20, 300}, Shape{5000, 7}, Shape{40, 70'000}));

TEST(Pca, GramAndCovarianceAgree) {
  // Doubling every row changes no direction, but makes 30 × 40 (Gram) into 60 × 40 (covariance).
  const Matrix<float> once = decaying(30, 40, 0.8, 2);
  Matrix<float> twice(60, 40);
  for (Index r = 0; r < 60; ++r) std::copy_n(once.row(r % 30), 40, twice.row(r));
  const Pca a = fit(once, 6);
  const Pca b = fit(twice, 6);
  for (Index k = 0; k < 6; ++k) {
    for (Index c = 0; c < 40; ++c) EXPECT_NEAR(a.components.at(k, c), b.components.at(k, c), 1e-8);
  }
  EXPECT_NEAR(error_of(a, once), error_of(b, once), 1e-9);
}

TEST(Pca, ShiftingChangesTheMeanAlone) {
  const Matrix<float> data = decaying(100, 12, 0.8, 3);
  Matrix<float> shifted(100, 12);
  for (Index i = 0; i < 1200; ++i) shifted.data()[i] = data.data()[i] + 64;
  const Pca a = fit(data, 4);
  const Pca b = fit(shifted, 4);
  for (Index k = 0; k < 4; ++k) EXPECT_NEAR(a.variance[k], b.variance[k], 1e-4 * a.variance[k]);
  EXPECT_LT(largest_principal_angle(a.components, b.components), 1e-4);
  EXPECT_NEAR(b.mean[5] - a.mean[5], 64, 1e-4);
}

TEST(Pca, RandomisedIsCloseToExact) {
  for (const auto& [rows, features] : {Shape{400, 150}, Shape{120, 600}}) {
    const Matrix<float> data = decaying(rows, features, 0.85, 4);
    const Pca exact = fit(data, 8);
    const Pca randomised = fit(data, 8, 10);
    expect_orthonormal(randomised.components);
    EXPECT_LT(largest_principal_angle(exact.components, randomised.components), 1e-4);
    EXPECT_NEAR(error_of(randomised, data), error_of(exact, data), 1e-7 * error_of(exact, data));
    for (Index k = 0; k < 8; ++k) {
      EXPECT_NEAR(randomised.variance[k], exact.variance[k], 1e-7 * exact.variance[k]);
    }
    // Its random start is a function of the seed.
    const Pca again = fit(data, 8, 10);
    EXPECT_TRUE(std::equal(randomised.components.data(),
                           randomised.components.data() + 8 * features, again.components.data()));
  }
}

Matrix<double> rows_of(std::initializer_list<std::initializer_list<double>> rows) {
  Matrix<double> m(std::ssize(rows), std::ssize(*rows.begin()));
  double* out = m.data();
  for (const auto& row : rows) out = std::copy(row.begin(), row.end(), out);
  return m;
}

TEST(PrincipalAngle, ByHand) {
  const Matrix<double> x = rows_of({{3, 0, 0}});
  for (const double angle : {1e-9, 1e-3, 0.5, 1.0, 1.5}) {
    const Matrix<double> turned = rows_of({{-2 * std::cos(angle), 2 * std::sin(angle), 0}});
    EXPECT_NEAR(largest_principal_angle(x, turned), angle, 1e-6 * angle) << angle;
  }
  EXPECT_NEAR(largest_principal_angle(x, rows_of({{0, 0, 1}})), std::numbers::pi / 2, 1e-12);
  // The plane x, y against the plane x, z: they share x and stand at a right angle.
  const Matrix<double> xy = rows_of({{1, 0, 0}, {0, 1, 0}});
  EXPECT_NEAR(largest_principal_angle(xy, rows_of({{1, 0, 0}, {0, 0, 1}})), std::numbers::pi / 2,
              1e-12);
  // Any other basis of the same plane is the same plane; a line within it is at no angle.
  EXPECT_NEAR(largest_principal_angle(xy, rows_of({{5, 1, 0}, {4, 1, 0}})), 0, 1e-12);
  EXPECT_NEAR(largest_principal_angle(x, xy), 0, 1e-12);
}

}  // namespace
}  // namespace hourglass
