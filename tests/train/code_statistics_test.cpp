#include "train/code_statistics.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"

namespace hourglass {
namespace {

Matrix<float> rows_of(std::initializer_list<std::initializer_list<float>> rows) {
  Matrix<float> matrix(std::ssize(rows), std::ssize(*rows.begin()));
  float* out = matrix.data();
  for (const auto& row : rows) out = std::copy(row.begin(), row.end(), out);
  return matrix;
}

TEST(CodeStatistics, CountZerosAndTheMean) {
  // The largest is 2: what is below 0.02 is near zero.
  const CodeStatistics found =
      measure_codes(rows_of({{0, 2, 0.019F, 1}, {0, -1, 1e-7F, 1}}), Activation::kRelu);
  EXPECT_DOUBLE_EQ(found.zero_share, 3.0 / 8);
  EXPECT_DOUBLE_EQ(found.near_zero_share, 4.0 / 8);
  EXPECT_NEAR(found.mean_activation, 3.019 / 8, 1e-6);
  EXPECT_EQ(found.dead_units, 2);  // the first and the last never change
  EXPECT_NEAR(found.effective_rank, 1, 1e-6);
}

TEST(CodeStatistics, SaturationIsNearABoundOfTheActivation) {
  const Matrix<float> codes = rows_of({{0.005F, 0.5F, 0.995F, 0.02F}});
  EXPECT_DOUBLE_EQ(measure_codes(codes, Activation::kSigmoid).saturated_share, 0.5);
  // Of tanh's range of 2 a hundredth is 0.02: only 0.995 lies within it of 1.
  EXPECT_DOUBLE_EQ(measure_codes(codes, Activation::kTanh).saturated_share, 0.25);
  EXPECT_TRUE(std::isnan(measure_codes(codes, Activation::kIdentity).saturated_share));
}

TEST(CodeStatistics, ContractionIsThatOfTheMap) {
  Matrix<float> samples(300, 3);
  Matrix<float> codes(300, 3);
  RandomStream random(1, RandomPurpose::kSample);
  for (Index i = 0; i < 900; ++i) {
    samples.data()[i] = static_cast<float>(random.normal());
    codes.data()[i] = 0.25F * samples.data()[i];
  }
  ThreadPool pool(1);
  EXPECT_NEAR(measured_contraction(samples, codes, pool), 0.25, 1e-5);
  // The same row over and over is no pair.
  EXPECT_TRUE(std::isnan(measured_contraction(Matrix<float>(5, 3), Matrix<float>(5, 3), pool)));
}

TEST(CodeStatistics, JacobianOfAProjectionIsTheRootOfItsRank) {
  NetworkSpec spec;
  spec.features = 5;
  spec.encoder = {{2, Activation::kIdentity, Norm::kNone, 0}};
  spec.decoder = {{5, Activation::kIdentity, Norm::kNone, 0}};
  Network<float> network(spec);
  std::vector<NamedTensor> tensors = network.tensors();
  tensors[0].values = {0.6F, 0.8F, 0, 0, 0, 0, 0, 1, 0, 0};  // orthonormal rows
  network.set_tensors(tensors);
  ThreadPool pool(1);
  EXPECT_NEAR(mean_jacobian_norm(network, Matrix<float>(9, 5), pool), std::sqrt(2.0), 1e-6);
}

}  // namespace
}  // namespace hourglass
