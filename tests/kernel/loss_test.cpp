#include "kernel/loss.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/softmax.h"
#include "kernel/testing.h"

namespace hourglass {
namespace {

/// The textbook formulas; `z` is what gaussian-nll has for a log variance.
double formula(Loss loss, double y, double t, double delta, double sigma = 1, double z = 0) {
  const double d = std::abs(y - t);
  switch (loss) {
    case Loss::kMse:
    case Loss::kMixed:  // without categories
      return d * d;
    case Loss::kMae:
      return d;
    case Loss::kHuber:
      return d <= delta ? d * d / 2 : delta * (d - delta / 2);
    case Loss::kBinaryCrossEntropy: {
      const double p = 1 / (1 + std::exp(-y));
      return -t * std::log(p) - (1 - t) * std::log1p(-p);
    }
    case Loss::kCorrentropy:
      return sigma * sigma * (1 - std::exp(-d * d / (2 * sigma * sigma)));
    case Loss::kGaussianNll: {
      const double log_variance = 10 * std::tanh(z / 10);
      return 0.5 * (d * d / std::exp(log_variance) + log_variance);
    }
    case Loss::kMultinomial:  // of a single feature
      return 0;
  }
  return 0;
}

TEST(LossTable, NamesAreFoundAndOrderIsTheEnums) {
  int position = 0;
  for (const LossInfo& row : losses()) {
    EXPECT_EQ(static_cast<int>(row.loss), position++);
    EXPECT_EQ(find_loss(row.name), row.loss);
    EXPECT_EQ(info(row.loss).name, row.name);
  }
  EXPECT_FALSE(find_loss("msee"));
}

TEST(LossReference, GradientAgreesWithFiniteDifferences) {
  RandomStream random(1, RandomPurpose::kSample);
  const double delta = 0.7;
  for (const LossInfo& row : losses()) {
    for (int i = 0; i < 100; ++i) {
      const Index outputs = row.outputs_per_feature;
      PanelMatrix<double> y(1, outputs), t(1, 1), gradient(1, outputs);
      for (Index c = 0; c < outputs; ++c) y.view().at(0, c) = random.uniform(-3, 3);
      t.view().at(0, 0) = random.uniform(0, 1);
      const double distance = std::abs(y.view().at(0, 0) - t.view().at(0, 0));
      if (distance < 1e-3 || std::abs(distance - delta) < 1e-3) continue;  // not smooth there
      double sum = 0;
      LossArguments<double> arguments = {row.loss, delta, y.view(), t.view(), {}, 1, {}, &sum};
      const auto value = [&](Index c, double shift) {
        y.view().at(0, c) += shift;
        loss_and_gradient(arguments, {0, 1});
        y.view().at(0, c) -= shift;
        return sum;
      };
      arguments.gradient = gradient.view();
      loss_and_gradient(arguments, {0, 1});
      arguments.gradient = {};
      for (Index c = 0; c < outputs; ++c) {
        const double slope = (value(c, 1e-5) - value(c, -1e-5)) / 2e-5;
        EXPECT_NEAR(gradient.view().at(0, c), slope, 1e-6 * std::max(1.0, std::abs(slope)))
            << row.name << " " << c;
      }
    }
  }
}

class LossTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(LossTest);

TEST_P(LossTest, ValuesAndGradientsAgreeWithTheFormulas) {
  RandomStream random(2, RandomPurpose::kSample);
  const float delta = 0.7f, scale = 0.125f;
  for (const LossInfo& row : losses()) {
    if (row.whole_row) continue;
    for (const Index cols : {1, 8, 16, 17, 30, 47, 100}) {
      for (const bool masked : {false, true}) {
        const Index rows = 5;
        const Index outputs = cols * row.outputs_per_feature;
        const auto y = random_panels<float>(rows, outputs, random, -4, 4);
        auto t = random_panels<float>(rows, cols, random, 0, 1);
        PanelMatrix<float> mask(rows, cols);
        for (Index r = 0; r < rows; ++r) {
          for (Index c = 0; c < cols; ++c) {
            mask.view().at(r, c) = random.uniform() < 0.7 ? 1.0f : 0.0f;
            // What is masked may be anything, for that is what a mask is for.
            if (masked && mask.view().at(r, c) == 0.0f) {
              t.view().at(r, c) = std::numeric_limits<float>::quiet_NaN();
            }
          }
        }
        auto gradient = garbage<float>(rows, outputs);
        double sums[5] = {};
        LossArguments<float> arguments = {row.loss, delta, y.view(),        t.view(),
                                          {},       scale, gradient.view(), sums};
        if (masked) arguments.mask = mask.view();
        loss_and_gradient(arguments, {0, 2});
        loss_and_gradient(arguments, {2, rows});
        EXPECT_TRUE(padding_is_zero(gradient.view())) << row.name;
        for (Index r = 0; r < rows; ++r) {
          double expected = 0, largest = 0;
          for (Index c = 0; c < cols; ++c) {
            const bool counts = !masked || mask.view().at(r, c) != 0.0f;
            const auto loss_at = [&](double shift, double z_shift) {
              const double z = outputs > cols ? double(y.view().at(r, cols + c)) : 0;
              return counts ? formula(row.loss, double(y.view().at(r, c)) + shift,
                                      double(t.view().at(r, c)), double(delta), 1, z + z_shift)
                            : 0;
            };
            expected += loss_at(0, 0);
            largest = std::max(largest, std::abs(loss_at(0, 0)));
            const auto expect_slope = [&](Index at, double above, double below) {
              const double slope = double(scale) * (above - below) / 2e-5;
              const double got = double(gradient.view().at(r, at));
              ASSERT_NEAR(got, slope, 1e-5 + 1e-6 * std::abs(slope)) << row.name;
              EXPECT_TRUE(counts || got == 0);
            };
            expect_slope(c, loss_at(1e-5, 0), loss_at(-1e-5, 0));
            if (outputs > cols) expect_slope(cols + c, loss_at(0, 1e-5), loss_at(0, -1e-5));
          }
          ASSERT_NEAR(sums[r], expected, 3e-6 * (std::abs(expected) + largest + 1))
              << row.name << " " << cols;
        }
      }
    }
  }
}

// −Σ p log softmax(y), as often as there are features that count.
double cross_entropy(const PanelMatrix<float>& y, const PanelMatrix<float>& t,
                     const PanelMatrix<float>& mask, Index r, Index shifted, double shift) {
  const auto at = [&](Index c) { return double(y.view().at(r, c)) + (c == shifted ? shift : 0); };
  double exponentials = 0, targets = 0, loss = 0, counted = 0;
  for (Index c = 0; c < y.cols(); ++c) {
    if (mask.view().at(r, c) == 0.0f) continue;
    exponentials += std::exp(at(c));
    targets += double(t.view().at(r, c));
    ++counted;
  }
  if (targets <= 0) return 0;
  for (Index c = 0; c < y.cols(); ++c) {
    if (mask.view().at(r, c) == 0.0f) continue;
    loss += double(t.view().at(r, c)) / targets * (std::log(exponentials) - at(c));
  }
  return counted * loss;
}

TEST_P(LossTest, MultinomialIsTheCrossEntropyOfARow) {
  RandomStream random(5, RandomPurpose::kSample);
  for (const Index cols : {1, 8, 16, 17, 47, 100}) {
    for (const bool masked : {false, true}) {
      const Index rows = 4;
      const auto y = random_panels<float>(rows, cols, random, -4, 4);
      auto t = random_panels<float>(rows, cols, random, 0, 3);
      PanelMatrix<float> mask(rows, cols);
      for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < cols; ++c) {
          mask.view().at(r, c) = !masked || random.uniform() < 0.7 ? 1.0f : 0.0f;
          if (mask.view().at(r, c) == 0.0f) {
            t.view().at(r, c) = std::numeric_limits<float>::quiet_NaN();
          }
          if (r == 3 && mask.view().at(r, c) != 0.0f) t.view().at(r, c) = 0;  // an empty document
        }
      }
      auto gradient = garbage<float>(rows, cols);
      double sums[4] = {};
      LossArguments<float> arguments = {Loss::kMultinomial, 1,   y.view(), t.view(), {}, 0.125f,
                                        gradient.view(),    sums};
      if (masked) arguments.mask = mask.view();
      loss_and_gradient(arguments, {0, rows});
      EXPECT_TRUE(padding_is_zero(gradient.view()));
      for (Index r = 0; r < rows; ++r) {
        const double expected = cross_entropy(y, t, mask, r, -1, 0);
        ASSERT_NEAR(sums[r], expected, 3e-6 * (1 + std::abs(expected)) * double(cols));
        for (Index c = 0; c < cols; ++c) {
          const double slope =
              0.125 *
              (cross_entropy(y, t, mask, r, c, 1e-5) - cross_entropy(y, t, mask, r, c, -1e-5)) /
              2e-5;
          ASSERT_NEAR(double(gradient.view().at(r, c)), slope, 1e-5 * (1 + std::abs(slope)));
        }
      }
    }
  }
}

TEST_P(LossTest, MultinomialTakesLogarithmsOfCountsForTheCounts) {
  RandomStream random(6, RandomPurpose::kSample);
  const Index rows = 3, cols = 37;
  const auto y = random_panels<float>(rows, cols, random, -4, 4);
  PanelMatrix<float> counts(rows, cols), logs(rows, cols);
  std::vector<float> scale(static_cast<std::size_t>(padded_cols(cols)), 1);
  for (Index c = 0; c < cols; ++c) {
    scale[static_cast<std::size_t>(c)] = static_cast<float>(random.uniform(0.2, 2));
    for (Index r = 0; r < rows; ++r) {
      const auto count = static_cast<double>(random.below(9));
      counts.view().at(r, c) = static_cast<float>(count);
      logs.view().at(r, c) =
          static_cast<float>(std::log1p(count) / double(scale[static_cast<std::size_t>(c)]));
    }
  }
  auto gradient = garbage<float>(rows, cols), expected = garbage<float>(rows, cols);
  double sums[3] = {}, wanted[3] = {};
  LossArguments<float> arguments = {Loss::kMultinomial, 1,     y.view(), counts.view(), {}, 0.125f,
                                    expected.view(),    wanted};
  loss_and_gradient(arguments, {0, rows});
  arguments.target = logs.view();
  arguments.count_scale = scale;
  arguments.gradient = gradient.view();
  arguments.row_loss = sums;
  loss_and_gradient(arguments, {0, rows});
  for (Index r = 0; r < rows; ++r) {
    EXPECT_NEAR(sums[r], wanted[r], 1e-5 * wanted[r]);
    for (Index c = 0; c < cols; ++c) {
      EXPECT_NEAR(gradient.view().at(r, c), expected.view().at(r, c), 1e-5);
    }
  }
}

TEST_P(LossTest, CorrentropyFollowsItsSigma) {
  for (const double sigma : {0.1, 0.5, 3.0}) {
    for (const double distance : {0.0, 1e-3, 0.2, 1.0, 20.0}) {
      PanelMatrix<float> y(1, 1), t(1, 1), gradient(1, 1);
      y.view().at(0, 0) = float(distance);
      double sum = 0;
      LossArguments<float> arguments = {Loss::kCorrentropy, 1,   y.view(), t.view(), {}, 1,
                                        gradient.view(),    &sum};
      arguments.correntropy_sigma = float(sigma);
      loss_and_gradient(arguments, {0, 1});
      const double at = double(float(distance));
      EXPECT_NEAR(sum, -sigma * sigma * std::expm1(-at * at / (2 * sigma * sigma)),
                  2e-6 * sigma * sigma + 1e-6 * at * at);
      EXPECT_NEAR(gradient.view().at(0, 0), at * std::exp(-at * at / (2 * sigma * sigma)), 3e-6);
    }
  }
}

TEST_P(LossTest, MixedIsCrossEntropyOverEachCategory) {
  RandomStream random(3, RandomPurpose::kSample);
  const std::vector<Range> groups = {{2, 5}, {5, 7}, {14, 19}};
  const Index rows = 4, cols = 23;
  const auto y = random_panels<float>(rows, cols, random, -30, 30);
  auto t = random_panels<float>(rows, cols, random, 0, 1);
  PanelMatrix<float> mask(rows, cols);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) mask.view().at(r, c) = 1;
    for (const Range& group : groups) {
      const Index level = group.begin + random.below(group.size());
      for (Index c = group.begin; c < group.end; ++c) t.view().at(r, c) = c == level ? 1.0f : 0.0f;
    }
  }
  for (Index c = 5; c < 7; ++c) {  // a missing cell of the second category
    mask.view().at(1, c) = 0;
    t.view().at(1, c) = std::numeric_limits<float>::quiet_NaN();
  }
  auto gradient = garbage<float>(rows, cols);
  double sums[4] = {};
  LossArguments<float> arguments = {Loss::kMixed, 1,   y.view(),        t.view(),
                                    mask.view(),  0.5, gradient.view(), sums};
  arguments.groups = groups;
  loss_and_gradient(arguments, {0, rows});
  EXPECT_TRUE(padding_is_zero(gradient.view()));
  for (Index r = 0; r < rows; ++r) {
    double expected = 0;
    std::vector<double> slope(cols);
    for (Index c = 0; c < cols; ++c) {
      const double d = double(y.view().at(r, c)) - double(t.view().at(r, c));
      slope[std::size_t(c)] = d;  // half of 2d
      const bool in_group = std::ranges::any_of(
          groups, [&](const Range& group) { return c >= group.begin && c < group.end; });
      if (!in_group) expected += d * d;
    }
    for (const Range& group : groups) {
      double sum = 0;
      for (Index c = group.begin; c < group.end; ++c) sum += std::exp(double(y.view().at(r, c)));
      for (Index c = group.begin; c < group.end; ++c) {
        const double p = std::exp(double(y.view().at(r, c))) / sum;
        const double target = double(t.view().at(r, c));
        const double weight = 1 / std::log(double(group.size()));
        const bool counts = mask.view().at(r, c) != 0;
        if (counts && target == 1) expected -= weight * std::log(p);
        slope[std::size_t(c)] = counts ? 0.5 * weight * (p - target) : 0;
      }
    }
    EXPECT_NEAR(sums[r], expected, 3e-6 * (expected + 1));
    for (Index c = 0; c < cols; ++c) {
      EXPECT_NEAR(gradient.view().at(r, c), slope[std::size_t(c)], 4e-6) << r << " " << c;
    }
  }
}

TEST(Softmax, GivesSharesOfEachGroupAndLeavesTheRest) {
  const std::vector<Range> groups = {{1, 4}, {15, 18}};
  RandomStream random(4, RandomPurpose::kSample);
  auto panels = random_panels<float>(3, 20, random, -200, 200);
  std::vector<float> rows(3 * 20);
  for (Index i = 0; i < 60; ++i) rows[std::size_t(i)] = panels.view().at(i / 20, i % 20);
  const std::vector<float> before = rows;
  softmax<float>(panels.view(), groups, {0, 3});
  softmax<float>(rows.data(), 20, groups, 3);
  for (Index r = 0; r < 3; ++r) {
    for (const Range& group : groups) {
      double sum = 0, shares = 0;
      for (Index c = group.begin; c < group.end; ++c) {
        sum += std::exp(double(before[std::size_t(r * 20 + c)]));
        shares += double(rows[std::size_t(r * 20 + c)]);
      }
      EXPECT_NEAR(shares, 1, 1e-6);
      for (Index c = group.begin; c < group.end; ++c) {
        EXPECT_NEAR(rows[std::size_t(r * 20 + c)],
                    std::exp(double(before[std::size_t(r * 20 + c)])) / sum, 2e-5);
      }
    }
    for (Index c = 0; c < 20; ++c) {
      EXPECT_EQ(panels.view().at(r, c), rows[std::size_t(r * 20 + c)]);
      const bool in_group = (c >= 1 && c < 4) || (c >= 15 && c < 18);
      if (in_group) continue;
      EXPECT_EQ(rows[std::size_t(r * 20 + c)], before[std::size_t(r * 20 + c)]);
    }
  }
}

TEST_P(LossTest, ExtremeLogitsStayFinite) {
  for (const float logit : {-100.0f, -88.0f, 88.0f, 100.0f, 1e30f}) {
    for (const float target : {0.0f, 1.0f}) {
      PanelMatrix<float> y(1, 1), t(1, 1), gradient(1, 1);
      y.view().at(0, 0) = logit;
      t.view().at(0, 0) = target;
      double sum = 0;
      loss_and_gradient<float>(
          {Loss::kBinaryCrossEntropy, 1, y.view(), t.view(), {}, 1, gradient.view(), &sum}, {0, 1});
      const bool right = (logit > 0) == (target > 0);
      EXPECT_NEAR(sum, right ? 0 : std::abs(double(logit)), 1e-6 * std::abs(double(logit)));
      EXPECT_NEAR(gradient.view().at(0, 0), right ? 0 : (logit > 0 ? 1 : -1), 1e-6);
    }
  }
}

TEST_P(LossTest, ALogVarianceIsBoundedAndComesBack) {
  EXPECT_NEAR(log_variance_of(0.5), 0.5, 1e-3);
  for (const float z : {-1e30f, -40.0f, 40.0f, 1e30f}) {
    PanelMatrix<float> y(1, 2), t(1, 1), gradient(1, 2);
    y.view().at(0, 0) = 0.5f;
    y.view().at(0, 1) = z;
    double sum = 0;
    loss_and_gradient<float>(
        {Loss::kGaussianNll, 1, y.view(), t.view(), {}, 1, gradient.view(), &sum}, {0, 1});
    const double bound = z > 0 ? 10 : -10;
    EXPECT_NEAR(sum, 0.5 * (0.25 * std::exp(-bound) + bound), 0.01 * std::abs(sum));
    EXPECT_NEAR(gradient.view().at(0, 0), 0.5 * std::exp(-bound), 0.01 * 0.5 * std::exp(-bound));
    // Away from what costs most, as long as float32 tells it from the bound.
    const double back = double(gradient.view().at(0, 1));
    const bool points_back = z > 0 ? back > 0 : back < 0;
    EXPECT_TRUE(points_back || (back == 0 && std::abs(z) > 100)) << z << " " << back;
  }
}

TEST_P(LossTest, NotANumberReachesTheLoss) {
  for (const LossInfo& row : losses()) {
    for (Index c = 17; c < 20 * row.outputs_per_feature; c += 20) {
      PanelMatrix<float> y(1, 20 * row.outputs_per_feature), t(1, 20);
      y.view().at(0, c) = std::numeric_limits<float>::quiet_NaN();
      double sum = 0;
      loss_and_gradient<float>({row.loss, 1, y.view(), t.view(), {}, 1, {}, &sum}, {0, 1});
      EXPECT_TRUE(std::isnan(sum)) << row.name;
    }
  }
}

}  // namespace
}  // namespace hourglass
