#include "task/metrics.h"

#include <cmath>
#include <gtest/gtest.h>

#include "hourglass/error.h"

namespace hourglass {
namespace {

TEST(Auroc, CountsPairsAndHalvesTies) {
  EXPECT_DOUBLE_EQ(auroc({0.1, 0.4, 0.35, 0.8}, {false, false, true, true}), 0.75);
  EXPECT_DOUBLE_EQ(auroc({1, 1, 1, 1}, {false, true, false, true}), 0.5);
  EXPECT_DOUBLE_EQ(auroc({3, 2, 2, 1}, {true, true, false, false}), 0.875);
  EXPECT_TRUE(std::isnan(auroc({1, 2}, {true, true})));
}

TEST(AveragePrecision, IsScikitLearns) {
  // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333…
  EXPECT_NEAR(average_precision({0.1, 0.4, 0.35, 0.8}, {false, false, true, true}), 5.0 / 6, 1e-12);
  EXPECT_NEAR(average_precision({1, 1, 1, 1}, {false, true, false, true}), 0.5, 1e-12);
  EXPECT_TRUE(std::isnan(average_precision({1, 2}, {false, false})));
}

using Flags = std::vector<bool>;

TEST(Anomalous, ReadsNumbersWordsAndTheRarerOfTwo) {
  EXPECT_EQ(anomalous({"0", "1", "0.0", "2"}), (Flags{false, true, false, true}));
  EXPECT_EQ(anomalous({"Normal", "dos", "smurf"}), (Flags{false, true, true}));
  EXPECT_EQ(anomalous({"anomaly", "inlier"}), (Flags{true, false}));
  EXPECT_EQ(anomalous({"benign", "malignant", "malignant"}), (Flags{false, true, true}));
  EXPECT_EQ(anomalous({"round", "square", "round"}), (Flags{false, true, false}));
}

TEST(Anomalous, OfTwoNumbersTheRarer) {
  EXPECT_EQ(anomalous({"1", "-1", "1"}), (Flags{false, true, false}));
  EXPECT_EQ(anomalous({"2", "1", "1"}), (Flags{true, false, false}));
  EXPECT_EQ(anomalous({"1", "1"}), (Flags{true, true}));
}

TEST(Anomalous, RefusesLabelsThatDoNotTell) {
  EXPECT_THROW(anomalous({"a", "b", "c"}), Error);
  EXPECT_THROW(anomalous({"1", "2", "3"}), Error);
}

}  // namespace
}  // namespace hourglass
