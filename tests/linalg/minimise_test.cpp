#include "linalg/minimise.h"

#include <cmath>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

TEST(Minimise, FindsTheMinimumOfAnIllConditionedQuadratic) {
  // Σ 10^i (x_i − i)²: curvatures from 1 to 10⁵.
  const SmoothFunction quadratic = [](const std::vector<double>& x, std::vector<double>& gradient) {
    double value = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double curvature = std::pow(10.0, static_cast<double>(i));
      const double error = x[i] - static_cast<double>(i);
      value += curvature * error * error;
      gradient[i] = 2 * curvature * error;
    }
    return value;
  };
  std::vector<double> at(6, 0);
  EXPECT_NEAR(minimise(quadratic, at, {.tolerance = 1e-8}), 0, 1e-12);
  for (std::size_t i = 0; i < at.size(); ++i) EXPECT_NEAR(at[i], static_cast<double>(i), 1e-6);
}

TEST(Minimise, FollowsACurvedValley) {
  // Rosenbrock's function from its usual start; the minimum is (1, 1).
  const SmoothFunction valley = [](const std::vector<double>& x, std::vector<double>& gradient) {
    const double across = x[1] - x[0] * x[0];
    gradient[0] = -400 * x[0] * across - 2 * (1 - x[0]);
    gradient[1] = 200 * across;
    return 100 * across * across + (1 - x[0]) * (1 - x[0]);
  };
  std::vector<double> at = {-1.2, 1};
  minimise(valley, at, {.tolerance = 1e-9});
  EXPECT_NEAR(at[0], 1, 1e-7);
  EXPECT_NEAR(at[1], 1, 1e-7);
}

TEST(Minimise, StopsWhenTold) {
  int calls = 0;
  const SmoothFunction slope = [&](const std::vector<double>& x, std::vector<double>& gradient) {
    ++calls;
    gradient[0] = std::exp(x[0]);
    return std::exp(x[0]);  // falls for ever
  };
  std::vector<double> at = {0};
  minimise(slope, at, {.most_iterations = 3, .tolerance = 0});
  EXPECT_LT(calls, 40);
  EXPECT_LT(at[0], 0);
}

}  // namespace
}  // namespace hourglass
