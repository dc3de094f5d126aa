#include "task/p_value.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"

namespace hourglass {
namespace {

Calibration calibration_of(std::vector<double> scores) {
  Calibration calibration;
  set_calibration_scores(calibration, std::move(scores), false);
  return calibration;
}

TEST(PValue, CountsCalibrationRowsAtLeastAsAbnormal) {
  const Calibration calibration = calibration_of({3, 1, 2});
  EXPECT_DOUBLE_EQ(p_value(calibration, 0), 1);
  EXPECT_DOUBLE_EQ(p_value(calibration, 2), 0.75);
  EXPECT_DOUBLE_EQ(p_value(calibration, 2.5), 0.5);
  EXPECT_DOUBLE_EQ(p_value(calibration, 9), 0.25);
}

// They are looked up eight at a time, whatever their number and that of the calibration rows.
TEST(PValue, OfManyScoresAreThoseOfEach) {
  RandomStream random(5, RandomPurpose::kSample);
  for (const int kept : {0, 1, 2, 3, 7, 8, 100, 1999}) {
    std::vector<double> known;
    for (int i = 0; i < kept; ++i) known.push_back(static_cast<double>(random.below(50)));
    const Calibration calibration = calibration_of(known);
    for (const Index count : {0, 1, 7, 8, 9, 30}) {
      std::vector<double> scores, values(static_cast<std::size_t>(count));
      for (Index i = 0; i < count; ++i) scores.push_back(random.uniform(-1, 51));
      if (count > 2) scores[1] = static_cast<double>(random.below(50));
      p_values(calibration, scores.data(), count, values.data());
      for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto at_least =
            std::ranges::count_if(known, [&](double x) { return x >= scores[i]; });
        EXPECT_DOUBLE_EQ(values[i], (1.0 + static_cast<double>(at_least)) / (1.0 + kept))
            << kept << " kept, score " << scores[i];
      }
    }
  }
}

TEST(PValue, ThresholdIsWhereItBecomesSignificant) {
  std::vector<double> scores;
  for (int i = 1; i <= 199; ++i) scores.push_back(i);
  const Calibration calibration = calibration_of(scores);
  for (const double significance : {0.005, 0.01, 0.05, 0.2, 0.99}) {
    const double threshold = threshold_at(calibration, significance);
    for (double score = 0.5; score < 201; score += 0.5) {
      EXPECT_EQ(score > threshold, p_value(calibration, score) <= significance + 1e-12)
          << score << " at " << significance;
    }
  }
}

TEST(PValue, RowsAmongThemselvesAreRanked) {
  std::vector<double> scores;
  for (int i = 1; i <= 150; ++i) scores.push_back(i);
  const Calibration calibration = calibration_of(scores);
  EXPECT_DOUBLE_EQ(p_value_among(calibration, 150), 1.0 / 150);
  EXPECT_DOUBLE_EQ(p_value_among(calibration, 1), 1);
  for (const double significance : {0.007, 0.01, 0.05, 0.5}) {
    const double threshold = threshold_among(calibration, significance);
    for (const double score : scores) {
      EXPECT_EQ(score > threshold, p_value_among(calibration, score) <= significance + 1e-12)
          << score << " at " << significance;
    }
  }
  EXPECT_TRUE(std::isinf(threshold_among(calibration, 0.006)));
}

TEST(PValue, NoThresholdWithTooFewRows) {
  EXPECT_TRUE(std::isinf(threshold_at(calibration_of({1, 2, 3}), 0.01)));
}

TEST(PValue, ManyRowsAreKeptAsQuantiles) {
  std::vector<double> scores;
  for (int i = 0; i < 100000; ++i) scores.push_back(i);
  const Calibration calibration = calibration_of(scores);
  EXPECT_EQ(calibration.scores.size(), 10000U);
  EXPECT_EQ(calibration.rows, 100000);
  EXPECT_EQ(calibration.scores.back(), 99999);
  EXPECT_NEAR(p_value(calibration, 90000), 0.1, 2e-4);
  EXPECT_NEAR(threshold_at(calibration, 0.01), 99000, 20);
}

// The promise itself: of rows exchangeable with the calibration rows a share of at most α is
// flagged.
TEST(PValue, FalseAlarmsStayAtTheRateAskedFor) {
  RandomStream random(1, RandomPurpose::kProbe);
  const double significance = 0.05;
  double flagged = 0;
  const int repetitions = 400;
  const int rows = 50;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    std::vector<double> scores;
    for (int i = 0; i < 99; ++i) scores.push_back(std::abs(random.normal()));
    const Calibration calibration = calibration_of(scores);
    for (int i = 0; i < rows; ++i) {
      flagged += p_value(calibration, std::abs(random.normal())) <= significance ? 1 : 0;
    }
  }
  // Mean 0.05; its standard error over 400 calibrations of 99 rows is about 0.0016.
  EXPECT_NEAR(flagged / (repetitions * rows), significance, 0.006);
}

}  // namespace
}  // namespace hourglass
