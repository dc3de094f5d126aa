#include "kernel/row_scaling.h"

#include <cmath>
#include <limits>

#include "kernel/reference.h"
#include "kernel/testing.h"
#include "tensor/matrix.h"

namespace hourglass {
namespace {

class RowScalingTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(RowScalingTest);

constexpr Index kWidths[] = {1, 2, 7, 8, 9, 15, 16, 17, 30, 33, 64};
constexpr Index kRows = 5;

// A table's rows, shifts and scales as a model has them.
struct Case {
  explicit Case(Index cols)
      : raw(kRows, cols),
        shift(static_cast<std::size_t>(padded_cols(cols))),
        scale(shift.size(), 1.0) {
    RandomStream random(static_cast<std::uint64_t>(cols), RandomPurpose::kSample);
    for (Index i = 0; i < kRows * cols; ++i) raw.data()[i] = random.uniform(-1e3, 1e3);
    for (std::size_t c = 0; c < static_cast<std::size_t>(cols); ++c) {
      shift[c] = random.uniform(-10, 10);
      scale[c] = random.uniform(0.001, 7);
    }
  }
  Matrix<double> raw;
  std::vector<double> shift, scale;
};

TEST_P(RowScalingTest, ScalesToTheBitsOfTheReference) {
  for (const Index cols : kWidths) {
    Case given(cols);
    given.raw.data()[cols - 1] = 1e300;  // saturates
    PanelMatrix<float> expected = garbage<float>(kRows, cols);
    PanelMatrix<float> panels = garbage<float>(kRows, cols);
    EXPECT_TRUE(reference::scale_to_panels(given.raw.data(), given.shift.data(), given.scale.data(),
                                           expected.view(), kRows));
    EXPECT_TRUE(scale_to_panels(given.raw.data(), given.shift.data(), given.scale.data(),
                                panels.view(), kRows));
    EXPECT_TRUE(equal_bits(panels, expected)) << cols;
    EXPECT_TRUE(padding_is_zero(panels.view())) << cols;
    EXPECT_EQ(panels.view().at(0, cols - 1), std::numeric_limits<float>::max());
    EXPECT_EQ(panels.view().at(2, 0),
              static_cast<float>((given.raw.at(2, 0) - given.shift[0]) / given.scale[0]));
  }
}

TEST_P(RowScalingTest, SeesEveryNumberThatIsNotFinite) {
  for (const Index cols : kWidths) {
    for (const Index at : {Index{0}, cols - 1, kRows * cols - 1}) {
      for (const double strange : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        Case given(cols);
        given.raw.data()[at] = strange;
        PanelMatrix<float> panels(kRows, cols);
        EXPECT_FALSE(scale_to_panels(given.raw.data(), given.shift.data(), given.scale.data(),
                                     panels.view(), kRows))
            << cols << " columns, " << strange << " at " << at;
      }
    }
  }
}

// What lies behind the last row is read along with it, but must not count.
TEST_P(RowScalingTest, IgnoresWhatLiesBehindTheRows) {
  for (const Index cols : kWidths) {
    Case given(cols);
    for (Index c = 0; c < cols; ++c) given.raw.at(kRows - 1, c) = std::nan("");
    PanelMatrix<float> panels(kRows, cols);
    EXPECT_TRUE(scale_to_panels(given.raw.data(), given.shift.data(), given.scale.data(),
                                panels.view(), kRows - 1))
        << cols;
  }
}

TEST_P(RowScalingTest, UnscalesToTheBitsOfTheReference) {
  for (const Index cols : kWidths) {
    const Case given(cols);
    RandomStream random(3, RandomPurpose::kSample);
    const PanelMatrix<float> panels = random_panels<float>(kRows, cols, random, -4, 4);
    Matrix<float> expected(kRows, cols), out(kRows, cols);
    reference::unscale_from_panels(panels.view(), given.shift.data(), given.scale.data(),
                                   expected.data(), kRows);
    unscale_from_panels(panels.view(), given.shift.data(), given.scale.data(), out.data(), kRows);
    for (Index i = 0; i < kRows * cols; ++i) {
      EXPECT_EQ(out.data()[i], expected.data()[i]) << cols << " columns at " << i;
    }
    EXPECT_EQ(
        out.at(kRows - 1, 0),
        static_cast<float>(static_cast<double>(panels.view().at(kRows - 1, 0)) * given.scale[0] +
                           given.shift[0]));
  }
}

TEST_P(RowScalingTest, SumsWeightedSquaresToTheBitsOfTheReference) {
  for (const Index cols : kWidths) {
    RandomStream random(4, RandomPurpose::kSample);
    PanelMatrix<float> a = random_panels<float>(kRows, cols, random, -4, 4);
    const PanelMatrix<float> b = random_panels<float>(kRows, cols, random, -4, 4);
    std::vector<double> weights = random_row<double>(cols, random, 0.1, 9);
    a.view().at(1, 0) = std::numeric_limits<float>::max();
    a.view().at(2, cols - 1) = std::nanf("");
    std::vector<double> expected(kRows), sums(kRows);
    reference::weighted_square_sums(a.view(), b.view(), weights.data(), 1e30, expected.data(),
                                    kRows);
    weighted_square_sums(a.view(), b.view(), weights.data(), 1e30, sums.data(), kRows);
    EXPECT_EQ(sums, expected) << cols;
    EXPECT_GE(sums[1], 1e30);
    EXPECT_GE(sums[2], 1e30);
    double by_hand = 0;
    for (Index c = 0; c < cols; ++c) {
      const double difference = static_cast<double>(a.view().at(3, c)) - b.view().at(3, c);
      by_hand += difference * difference * weights[static_cast<std::size_t>(c)];
    }
    EXPECT_NEAR(sums[3], by_hand, 1e-12 * by_hand);
  }
}

}  // namespace
}  // namespace hourglass
