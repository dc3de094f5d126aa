#include "task/range_metrics.h"

#include <cmath>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

const std::vector<bool> kTruth = {false, true, true, false, false, true, false, false};

TEST(RangeQuality, IsOneWhereTheRangesComeFirst) {
  const RangeQuality quality = range_quality({1, 9, 8, 0, 0, 7, 2, 1}, kTruth, {});
  EXPECT_EQ(quality.ranges, 2);
  EXPECT_DOUBLE_EQ(quality.average_precision, 1);
}

// By hand: 9 flags a half of the first range alone (recall 1/4, precision 1); 8 adds a normal row
// behind it (no recall); 7 the second range (recall 3/4, flagged ranges ½ and 1); 6 the rest of the
// first, within one flagged range of two thirds (recall 1, precision (2/3 + 1) / 2).
TEST(RangeQuality, CountsRangesAndNotRows) {
  const RangeQuality quality = range_quality({0, 6, 9, 8, 1, 7, 2, 1}, kTruth, {});
  EXPECT_DOUBLE_EQ(quality.average_precision, 0.25 + 0.5 * 0.75 + 0.25 * (2.0 / 3 + 1) / 2);
}

TEST(RangeQuality, EndsRangesWhereASeriesEnds) {
  const RangeQuality quality = range_quality({1, 9, 8, 0, 0, 7, 2, 1}, kTruth, {2, 8});
  EXPECT_EQ(quality.ranges, 3);
}

TEST(RangeQuality, IsNotANumberWithoutRanges) {
  EXPECT_TRUE(std::isnan(range_quality({1, 2}, {false, false}, {}).average_precision));
}

TEST(RangeQuality, OfManyRowsIsThatOfTheirPattern) {
  std::vector<double> scores;
  std::vector<bool> truth;
  for (int i = 0; i < 4000; ++i) {
    truth.push_back(i % 100 < 10);
    scores.push_back(truth.back() ? 1 : 0);
  }
  EXPECT_DOUBLE_EQ(range_quality(scores, truth, {}).average_precision, 1);
}

}  // namespace
}  // namespace hourglass
