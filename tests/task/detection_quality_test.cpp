#include "task/detection_quality.h"

#include <cmath>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

DetectionQuality quality_of(const std::vector<double>& scores, const std::vector<bool>& positive,
                            double threshold, int threads = 1) {
  std::vector<std::uint8_t> flagged;
  for (const double score : scores) flagged.push_back(score > threshold ? 1 : 0);
  ThreadPool pool(threads);
  return detection_quality(scores, positive, flagged, pool);
}

// Forty rows with ties, eleven of them anomalous.
const std::vector<double> kScores = {0.5,  -0.2, 1.7,  1.9,  -0.4, 0.0,  -0.6, 0.1,  -1.6, 1.4,
                                     0.2,  1.6,  0.3,  1.7,  -1.5, 2.3,  -1.9, 1.1,  -0.3, -0.9,
                                     -0.7, -0.7, 0.4,  -0.1, 2.7,  -1.8, 0.0,  -0.9, 2.0,  -0.9,
                                     -0.3, 0.2,  -0.3, 1.0,  1.4,  1.0,  1.0,  -1.0, 0.4,  -0.2};
const std::vector<bool> kAnomalous = {true,  false, false, true,  true,  false, false, false,
                                      false, true,  false, false, false, true,  false, false,
                                      false, false, false, false, false, false, false, false,
                                      true,  false, false, false, true,  true,  false, false,
                                      true,  false, true,  false, false, false, true,  false};

// roc_auc_score, average_precision_score, precision_score and recall_score of scikit-learn 1.2.1 on
// these rows; f1_score of the eleven with the highest scores.
TEST(DetectionQuality, IsScikitLearns) {
  const DetectionQuality quality = quality_of(kScores, kAnomalous, 1.0);
  EXPECT_NEAR(quality.auroc, 0.7366771159874608, 1e-14);
  EXPECT_NEAR(quality.average_precision, 0.5815644125988954, 1e-14);
  EXPECT_NEAR(quality.f1_at_true_count, 6.0 / 11, 1e-14);
  EXPECT_NEAR(quality.precision, 0.6, 1e-14);
  EXPECT_NEAR(quality.recall, 6.0 / 11, 1e-14);
  EXPECT_EQ(quality.anomalies, 11);
}

TEST(DetectionQuality, OfEqualScoresAnyMayBeTaken) {
  // Two are anomalous; one of the three tied rows is flagged beside the first.
  const DetectionQuality quality =
      quality_of({9, 5, 5, 5, 1}, {true, true, false, false, false}, 9);
  EXPECT_NEAR(quality.f1_at_true_count, (1 + 1.0 / 3) / 2, 1e-14);
}

// Percentiles of 5,000 resamples with NumPy, stratified, and scikit-learn's figures of each. The
// figures of so few rows are coarse, and 1,000 resamples leave an end of an interval uncertain.
TEST(DetectionQuality, IntervalsAreTheBootstraps) {
  const DetectionQuality quality = quality_of(kScores, kAnomalous, 1.0);
  EXPECT_EQ(quality.resamples, 1000);
  EXPECT_NEAR(quality.low.auroc, 0.536, 0.02);
  EXPECT_NEAR(quality.high.auroc, 0.908, 0.02);
  EXPECT_NEAR(quality.low.average_precision, 0.378, 0.03);
  EXPECT_NEAR(quality.high.average_precision, 0.843, 0.03);
  EXPECT_NEAR(quality.low.precision, 0.333, 0.05);
  EXPECT_NEAR(quality.high.precision, 0.889, 0.05);
  EXPECT_NEAR(quality.low.recall, 0.273, 1.0 / 11 + 1e-9);
  EXPECT_NEAR(quality.high.recall, 0.818, 1.0 / 11 + 1e-9);
}

TEST(DetectionQuality, IsTheSameForAnyNumberOfThreads) {
  const DetectionQuality one = quality_of(kScores, kAnomalous, 1.0, 1);
  const DetectionQuality three = quality_of(kScores, kAnomalous, 1.0, 3);
  EXPECT_EQ(one.low.auroc, three.low.auroc);
  EXPECT_EQ(one.high.average_precision, three.high.average_precision);
}

TEST(DetectionQuality, WhatIsUndefinedIsNoNumber) {
  const DetectionQuality no_anomaly = quality_of({3, 2, 1}, {false, false, false}, 2);
  EXPECT_TRUE(std::isnan(no_anomaly.auroc));
  EXPECT_TRUE(std::isnan(no_anomaly.average_precision));
  EXPECT_TRUE(std::isnan(no_anomaly.f1_at_true_count));
  EXPECT_TRUE(std::isnan(no_anomaly.recall));
  EXPECT_TRUE(std::isnan(no_anomaly.low.recall));
  EXPECT_EQ(no_anomaly.precision, 0);
  const DetectionQuality none_flagged = quality_of({3, 2, 1}, {true, false, false}, 9);
  EXPECT_TRUE(std::isnan(none_flagged.precision));
  EXPECT_TRUE(std::isnan(none_flagged.high.precision));
  EXPECT_EQ(none_flagged.recall, 0);
}

TEST(DetectionQuality, ManyRowsAreResampledLessOften) {
  const std::size_t rows = 300'001;
  std::vector<double> scores(rows);
  std::vector<bool> positive(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    scores[i] = static_cast<double>((i * 7919) % rows);
    positive[i] = i % 10 == 0;
  }
  EXPECT_EQ(quality_of(scores, positive, 0).resamples, 100);
}

}  // namespace
}  // namespace hourglass
