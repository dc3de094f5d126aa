#include "linalg/logistic_regression.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"

namespace hourglass {
namespace {

struct Problem {
  Matrix<float> rows;
  std::vector<Index> classes;
  Index class_count = 0;
};

// Whole-number formulas, so that another program can have the same rows: 200 × 6, three classes
// that overlap.
Problem overlapping() {
  Problem problem{Matrix<float>(200, 6), {}, 3};
  for (Index r = 0; r < 200; ++r) {
    for (Index c = 0; c < 6; ++c) {
      problem.rows.at(r, c) = static_cast<float>((r * 7 + c * 13 + r * c * 5) % 17) / 16 - 0.5F;
    }
    double best = -1e9;
    Index best_class = 0;
    for (Index k = 0; k < 3; ++k) {
      double score = static_cast<double>((r * 11 + k * 29 + r * r * 3) % 23) / 23;
      for (Index c = 0; c < 6; ++c) {
        score += (static_cast<double>((k * 5 + c * 3) % 7) / 3 - 1) *
                 static_cast<double>(problem.rows.at(r, c));
      }
      if (score > best) {
        best = score;
        best_class = k;
      }
    }
    problem.classes.push_back(best_class);
  }
  return problem;
}

LogisticModel fit(const Problem& problem, const LogisticOptions& options, int threads = 1) {
  ThreadPool pool(threads);
  return LogisticRegression(problem.rows, problem.classes, problem.class_count, pool).fit(options);
}

Index correct(const Problem& problem, const LogisticModel& model) {
  const std::vector<Index> predicted = predict(model, problem.rows);
  Index count = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    count += predicted[i] == problem.classes[i] ? 1 : 0;
  }
  return count;
}

TEST(LogisticRegression, AgreesWithScikitLearn) {
  // scikit-learn 1.7, LogisticRegression(C = 1 / (λ · 200), tol = 1e-12) on the same rows.
  const Problem problem = overlapping();
  const LogisticModel strong = fit(problem, {.penalty = 0.1, .tolerance = 1e-7});
  EXPECT_NEAR(log_loss(strong, problem.rows, problem.classes), 0.9335999330749141, 1e-6);
  EXPECT_NEAR(strong.weights.at(0, 1), 0.39070919796167397, 1e-5);
  EXPECT_NEAR(strong.weights.at(2, 3), 0.34836994553391815, 1e-5);
  EXPECT_NEAR(strong.bias[0] - strong.bias[2], 0.10877018541319876 + 0.1317022852740132, 1e-5);
  EXPECT_EQ(correct(problem, strong), 103);

  const LogisticModel weak = fit(problem, {.penalty = 1e-3, .tolerance = 1e-7});
  EXPECT_NEAR(log_loss(weak, problem.rows, problem.classes), 0.6467344183897415, 1e-6);
  EXPECT_NEAR(weak.weights.at(0, 0), -3.276527366881015, 1e-3);
  EXPECT_NEAR(weak.weights.at(1, 5), 2.1818709703917394, 1e-3);
  EXPECT_EQ(correct(problem, weak), 129);
}

TEST(LogisticRegression, OfOneSwitchIsTheFrequencies) {
  // Where x = 0 a quarter is of class 1, where x = 1 three quarters: the log odds say so.
  Problem problem{Matrix<float>(80, 1), {}, 2};
  for (Index r = 0; r < 80; ++r) {
    problem.rows.at(r, 0) = r < 40 ? 0 : 1;
    problem.classes.push_back(r < 40 ? (r % 4 == 0 ? 1 : 0) : (r % 4 == 0 ? 0 : 1));
  }
  const LogisticModel model = fit(problem, {.penalty = 0, .tolerance = 1e-8});
  EXPECT_NEAR(model.bias[1] - model.bias[0], -std::log(3.0), 1e-4);
  EXPECT_NEAR(model.weights.at(1, 0) - model.weights.at(0, 0), 2 * std::log(3.0), 1e-4);
}

TEST(LogisticRegression, IsTheSameForAnyNumberOfThreads) {
  Problem problem{Matrix<float>(5000, 20), {}, 4};
  RandomStream random(3, RandomPurpose::kSample);
  for (Index i = 0; i < 100'000; ++i) problem.rows.data()[i] = static_cast<float>(random.normal());
  for (Index r = 0; r < 5000; ++r) {
    problem.classes.push_back((problem.rows.at(r, 0) > 0 ? 1 : 0) +
                              (problem.rows.at(r, 1) + random.normal() > 0 ? 2 : 0));
  }
  const LogisticModel one = fit(problem, {}, 1);
  const LogisticModel three = fit(problem, {}, 3);
  for (Index i = 0; i < 80; ++i) EXPECT_EQ(one.weights.data()[i], three.weights.data()[i]);
  EXPECT_EQ(one.bias, three.bias);
  EXPECT_GT(correct(problem, one), 3700);  // the noise in the second bit leaves 3/4
}

TEST(LogisticRegression, GoesOnFromAnotherModel) {
  const Problem problem = overlapping();
  ThreadPool pool(1);
  LogisticRegression regression(problem.rows, problem.classes, 3, pool);
  const LogisticModel first = regression.fit({.penalty = 0.1, .tolerance = 1e-7});
  const LogisticModel same =
      regression.fit({.penalty = 0.1, .most_iterations = 0, .tolerance = 1e-7}, &first);
  EXPECT_EQ(same.weights.at(2, 3), first.weights.at(2, 3));
  EXPECT_EQ(same.bias, first.bias);
}

}  // namespace
}  // namespace hourglass
