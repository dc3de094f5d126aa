#include "linalg/effective_rank.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"

namespace hourglass {
namespace {

// Rows ±scale along each axis in turn: a covariance with the squares of the scales on its diagonal.
Matrix<float> cross(const std::vector<double>& scales, double offset = 0) {
  const auto axes = static_cast<Index>(scales.size());
  Matrix<float> rows(2 * axes, axes);
  for (Index i = 0; i < rows.rows() * axes; ++i) rows.data()[i] = static_cast<float>(offset);
  for (Index a = 0; a < axes; ++a) {
    const auto scale = static_cast<float>(scales[static_cast<std::size_t>(a)]);
    rows.at(2 * a, a) += scale;
    rows.at(2 * a + 1, a) -= scale;
  }
  return rows;
}

TEST(EffectiveRank, IsTheNumberOfDirectionsUsedAlike) {
  EXPECT_NEAR(effective_rank(cross({1, 1, 1, 1})), 4, 1e-9);
  EXPECT_NEAR(effective_rank(cross({1, 1, 0, 0})), 2, 1e-9);
  EXPECT_NEAR(effective_rank(cross({5, 0, 0})), 1, 1e-9);
}

TEST(EffectiveRank, ByHand) {
  // Eigenvalues in the proportion 9 : 1: entropy −(0.9 ln 0.9 + 0.1 ln 0.1).
  const double entropy = -(0.9 * std::log(0.9) + 0.1 * std::log(0.1));
  EXPECT_NEAR(effective_rank(cross({3, 1})), std::exp(entropy), 1e-6);
  EXPECT_NEAR(effective_rank(cross({3, 1}, 64)), std::exp(entropy), 1e-6);
}

TEST(EffectiveRank, OfFewRowsIsThatOfTheGramMatrix) {
  RandomStream random(1, RandomPurpose::kSample);
  Matrix<float> wide(4, 30);
  for (Index i = 0; i < 120; ++i) wide.data()[i] = static_cast<float>(random.normal());
  // The same rows ten times have the same covariance, but more of them than columns.
  Matrix<float> tall(40, 30);
  for (Index r = 0; r < 40; ++r) std::copy_n(wide.row(r % 4), 30, tall.row(r));
  EXPECT_NEAR(effective_rank(wide), effective_rank(tall), 1e-9);
  EXPECT_LE(effective_rank(wide), 3);
}

TEST(EffectiveRank, IsZeroWhereNothingVaries) {
  EXPECT_EQ(effective_rank(cross({0, 0}, 7)), 0);
  EXPECT_EQ(effective_rank(Matrix<float>(1, 3)), 0);
}

}  // namespace
}  // namespace hourglass
