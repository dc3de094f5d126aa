#include "kernel/norm.h"

#include <cmath>

#include "kernel/testing.h"

namespace hourglass {
namespace {

constexpr Index kRows = 7;
constexpr Index kCols = 21;

struct Fixture {
  RandomStream random{1, RandomPurpose::kSample};
  PanelMatrix<double> x = random_panels<double>(kRows, kCols, random, -2, 3);
  PanelMatrix<double> weight = random_panels<double>(kRows, kCols, random);
  std::vector<double> scale = random_row<double>(kCols, random, 0.5, 2);
  std::vector<double> shift = random_row<double>(kCols, random);
  PanelMatrix<double> normalised{kRows, kCols}, y{kRows, kCols}, dx{kRows, kCols};
  std::vector<double> inverse = std::vector<double>(32), dscale = inverse, dshift = inverse;

  /// A loss whose gradient by y is `weight`.
  double loss() const {
    double sum = 0;
    for (Index r = 0; r < kRows; ++r) {
      for (Index c = 0; c < kCols; ++c) sum += weight.view().at(r, c) * y.view().at(r, c);
    }
    return sum;
  }
  void batch_forward() {
    batch_norm_forward<double>({x.view(), scale.data(), shift.data(), nullptr, nullptr, 0.1,
                                normalised.view(), inverse.data(), y.view()},
                               {0, 2});
  }
  void layer_forward() {
    layer_norm_forward<double>(
        {x.view(), scale.data(), shift.data(), normalised.view(), inverse.data(), y.view()},
        {0, kRows});
  }
  template <class Forward>
  double slope(double& at, const Forward& forward) {
    constexpr double kStep = 1e-5;
    const double before = at;
    at = before + kStep;
    forward();
    const double above = loss();
    at = before - kStep;
    forward();
    const double below = loss();
    at = before;
    return (above - below) / (2 * kStep);
  }
  template <class Forward>
  void expect_gradients_are_slopes(const Forward& forward) {
    for (Index c = 0; c < kCols; ++c) {
      const auto i = static_cast<std::size_t>(c);
      EXPECT_NEAR(dscale[i], slope(scale[i], forward), 1e-6);
      EXPECT_NEAR(dshift[i], slope(shift[i], forward), 1e-6);
      for (Index r = 0; r < kRows; ++r) {
        EXPECT_NEAR(dx.view().at(r, c), slope(x.view().at(r, c), forward), 1e-6);
      }
    }
    EXPECT_TRUE(padding_is_zero(y.view()));
    EXPECT_TRUE(padding_is_zero(dx.view()));
    EXPECT_TRUE(padding_is_zero(normalised.view()));
  }
};

TEST(BatchNorm, NormalisesWithTheBatchAndMovesTheRunningStatistics) {
  Fixture f;
  std::vector<double> running_mean(32, 0.0), running_variance(32, 1.0);
  batch_norm_forward<double>(
      {f.x.view(), f.scale.data(), f.shift.data(), running_mean.data(), running_variance.data(),
       0.1, f.normalised.view(), f.inverse.data(), f.y.view()},
      {0, 2});
  for (Index c = 0; c < kCols; ++c) {
    const auto i = static_cast<std::size_t>(c);
    double mean = 0, squares = 0;
    for (Index r = 0; r < kRows; ++r) mean += f.x.view().at(r, c) / kRows;
    for (Index r = 0; r < kRows; ++r) squares += std::pow(f.x.view().at(r, c) - mean, 2);
    EXPECT_NEAR(running_mean[i], 0.1 * mean, 1e-12);
    EXPECT_NEAR(running_variance[i], 0.9 + 0.1 * squares / (kRows - 1), 1e-12);
    for (Index r = 0; r < kRows; ++r) {
      const double expected =
          f.scale[i] * (f.x.view().at(r, c) - mean) / std::sqrt(squares / kRows + 1e-5) +
          f.shift[i];
      EXPECT_NEAR(f.y.view().at(r, c), expected, 1e-12);
    }
  }
}

TEST(BatchNorm, GradientsAgreeWithFiniteDifferences) {
  Fixture f;
  f.batch_forward();
  batch_norm_backward<double>({f.weight.view(), f.normalised.view(), f.inverse.data(),
                               f.scale.data(), f.dx.view(), f.dscale.data(), f.dshift.data()},
                              {0, 2});
  f.expect_gradients_are_slopes([&f] { f.batch_forward(); });
}

TEST(BatchNorm, PanelsAreIndependentAndOneRowIsHandled) {
  Fixture whole, cut;
  whole.batch_forward();
  for (const Range panels : {Range{1, 2}, Range{0, 1}}) {
    batch_norm_forward<double>({cut.x.view(), cut.scale.data(), cut.shift.data(), nullptr, nullptr,
                                0.1, cut.normalised.view(), cut.inverse.data(), cut.y.view()},
                               panels);
  }
  EXPECT_TRUE(equal_bits(whole.y, cut.y));

  std::vector<double> mean(32), variance(32, 1.0);
  batch_norm_forward<double>(
      {whole.x.view().first_rows(1), whole.scale.data(), whole.shift.data(), mean.data(),
       variance.data(), 0.1, whole.normalised.view(), whole.inverse.data(), whole.y.view()},
      {0, 2});
  for (Index c = 0; c < kCols; ++c) {
    EXPECT_DOUBLE_EQ(whole.y.view().at(0, c), whole.shift[static_cast<std::size_t>(c)]);
    EXPECT_DOUBLE_EQ(variance[static_cast<std::size_t>(c)], 0.9);
  }
}

TEST(BatchNorm, InferenceUsesRunningStatistics) {
  Fixture f;
  const auto mean = random_row<double>(kCols, f.random);
  const auto variance = random_row<double>(kCols, f.random, 0.5, 2);
  batch_norm_inference<double>(
      {f.x.view(), f.scale.data(), f.shift.data(), mean.data(), variance.data(), f.y.view()},
      {1, kRows});
  for (Index c = 0; c < kCols; ++c) {
    const auto i = static_cast<std::size_t>(c);
    EXPECT_EQ(f.y.view().at(0, c), 0);
    for (Index r = 1; r < kRows; ++r) {
      EXPECT_NEAR(
          f.y.view().at(r, c),
          f.scale[i] * (f.x.view().at(r, c) - mean[i]) / std::sqrt(variance[i] + 1e-5) + f.shift[i],
          1e-12);
    }
  }
  EXPECT_TRUE(padding_is_zero(f.y.view()));
}

TEST(LayerNorm, NormalisesEachRow) {
  Fixture f;
  f.layer_forward();
  for (Index r = 0; r < kRows; ++r) {
    double mean = 0, squares = 0;
    for (Index c = 0; c < kCols; ++c) mean += f.x.view().at(r, c) / kCols;
    for (Index c = 0; c < kCols; ++c) squares += std::pow(f.x.view().at(r, c) - mean, 2);
    for (Index c = 0; c < kCols; ++c) {
      const auto i = static_cast<std::size_t>(c);
      const double expected =
          f.scale[i] * (f.x.view().at(r, c) - mean) / std::sqrt(squares / kCols + 1e-5) +
          f.shift[i];
      EXPECT_NEAR(f.y.view().at(r, c), expected, 1e-12);
    }
  }
}

TEST(LayerNorm, GradientsAgreeWithFiniteDifferences) {
  Fixture f;
  f.layer_forward();
  layer_norm_backward<double>(
      {f.weight.view(), f.normalised.view(), f.inverse.data(), f.scale.data(), f.dx.view()},
      {0, kRows});
  norm_parameter_gradients<double>(f.weight.view(), f.normalised.view(), f.dscale.data(),
                                   f.dshift.data(), {0, 2});
  f.expect_gradients_are_slopes([&f] { f.layer_forward(); });
}

}  // namespace
}  // namespace hourglass
