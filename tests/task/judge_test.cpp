#include "task/judge.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"
#include "hourglass/error.h"
#include "task/false_discovery.h"
#include "task/p_value.h"

namespace hourglass {
namespace {

constexpr int kRepetitions = 200;

ThreadPool& pool() {
  static ThreadPool one(1);
  return one;
}

std::vector<double> normal_scores(RandomStream& random, Index count, double shift = 0) {
  std::vector<double> scores;
  for (Index i = 0; i < count; ++i) scores.push_back(random.normal() + shift);
  return scores;
}

DetectionScores judged(std::vector<double> calibration_scores, std::vector<double> scores,
                       const DetectOptions& options) {
  Calibration calibration;
  set_calibration_scores(calibration, std::move(calibration_scores), false);
  DetectionScores result;
  result.anomaly_score = std::move(scores);
  judge(result, calibration, Judged::kOthers, options, pool());
  return result;
}

DetectOptions alarms_at(double rate) {
  DetectOptions options;
  options.false_alarm_rate = rate;
  return options;
}

DetectOptions discoveries_at(double rate) {
  DetectOptions options;
  options.false_discovery_rate = rate;
  return options;
}

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// The central 95 % of the number of false alarms among `rows` rows: their probability is the
// calibration's to decide, Beta(l, n + 1 − l) with l = ⌊rate · (n + 1)⌋, and given that they are
// binomial.
std::pair<int, int> alarm_band(int calibration_rows, int rows, double rate) {
  const double a = std::floor(rate * (calibration_rows + 1) + 1e-9);
  const double b = calibration_rows + 1 - a;
  std::pair<int, int> band{-1, -1};
  double below = 0;
  for (int k = 0; k <= rows; ++k) {
    below += std::exp(-std::log(rows + 1.0) - log_beta(rows - k + 1, k + 1) +
                      log_beta(k + a, rows - k + b) - log_beta(a, b));
    if (band.first < 0 && below > 0.025) band.first = k;
    if (band.second < 0 && below >= 0.975) band.second = k;
  }
  return band;
}

TEST(Judge, FalseAlarmsLieInTheBandThatCalibrationAndSamplingGive) {
  struct Case {
    int calibration_rows, rows;
    double rate;
  };
  for (const Case& each : {Case{2000, 1000, 0.05}, Case{2000, 1000, 0.01}, Case{500, 400, 0.05},
                           Case{499, 2000, 0.01}, Case{99, 500, 0.05}}) {
    RandomStream random(7, RandomPurpose::kProbe, static_cast<std::uint64_t>(each.rows));
    const auto [low, high] = alarm_band(each.calibration_rows, each.rows, each.rate);
    int outside = 0;
    double flagged = 0;
    for (int i = 0; i < kRepetitions; ++i) {
      const DetectionScores result = judged(normal_scores(random, each.calibration_rows),
                                            normal_scores(random, each.rows), alarms_at(each.rate));
      outside += result.flagged < low || result.flagged > high ? 1 : 0;
      flagged += static_cast<double>(result.flagged);
    }
    // Of 200 at most 5 % on average, and 20 in all but one of a thousand cases.
    EXPECT_LE(outside, 20) << each.calibration_rows << " at " << each.rate;
    const double share = flagged / (kRepetitions * each.rows);
    const double error =
        std::sqrt(each.rate / kRepetitions * (1.0 / each.calibration_rows + 1.0 / each.rows));
    EXPECT_NEAR(share, each.rate, 4 * error + 1.0 / (each.calibration_rows + 1));
  }
}

// Counting the row itself among the calibration rows, the +1 of a conformal p-value, is what keeps
// the rate: without it 2 % would be flagged at 1 %, and 20 % at 12 %.
TEST(Judge, FewCalibrationRowsRaiseNoMoreFalseAlarmsThanAskedFor) {
  struct Case {
    int calibration_rows;
    double rate, expected;
  };
  for (const Case& each : {Case{50, 0.01, 0}, Case{9, 0.12, 0.1}}) {
    RandomStream random(3, RandomPurpose::kProbe,
                        static_cast<std::uint64_t>(each.calibration_rows));
    double flagged = 0;
    for (int i = 0; i < 2000; ++i) {
      flagged += static_cast<double>(judged(normal_scores(random, each.calibration_rows),
                                            normal_scores(random, 20), alarms_at(each.rate))
                                         .flagged);
    }
    EXPECT_NEAR(flagged / (2000 * 20), each.expected, 0.01);
  }
}

// The share of false ones among discoveries, and the share of anomalies that are found, on average.
struct Discoveries {
  double false_share = 0, found_share = 0, any = 0;
};

Discoveries simulate(int calibration_rows, int normals, int anomalies, double rate) {
  RandomStream random(11, RandomPurpose::kProbe, static_cast<std::uint64_t>(anomalies));
  Discoveries mean;
  for (int i = 0; i < kRepetitions; ++i) {
    std::vector<double> scores = normal_scores(random, normals);
    for (const double score : normal_scores(random, anomalies, 4)) scores.push_back(score);
    const DetectionScores result =
        judged(normal_scores(random, calibration_rows), scores, discoveries_at(rate));
    const auto false_ones = static_cast<double>(
        std::count(result.is_anomaly.begin(), result.is_anomaly.begin() + normals, 1));
    const auto all = static_cast<double>(result.flagged);
    mean.false_share += false_ones / std::max(1.0, all) / kRepetitions;
    mean.found_share += (all - false_ones) / std::max(1, anomalies) / kRepetitions;
    mean.any += (all > 0 ? 1.0 : 0.0) / kRepetitions;
  }
  return mean;
}

TEST(Judge, FalseDiscoveriesStayBelowTheRateAskedFor) {
  // The false share of one repetition has a standard deviation of about 0.09: 0.02 is three errors.
  for (const double rate : {0.05, 0.1, 0.2}) {
    const Discoveries some = simulate(1000, 180, 20, rate);
    EXPECT_LE(some.false_share, rate + 0.02);
    EXPECT_GE(some.false_share, rate * 0.9 - 0.03);
    EXPECT_GT(some.found_share, 0.7);
  }
  EXPECT_LE(simulate(2000, 100, 0, 0.1).any, 0.1 + 0.065);
}

TEST(FalseDiscovery, IsBenjaminiAndHochbergs) {
  // The fifteen p-values of their paper (1995, section 3.1): four are rejected at 0.05.
  const std::vector<double> theirs = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201,
                                      0.0278, 0.0298, 0.0344, 0.0459, 0.3240,
                                      0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
  EXPECT_EQ(largest_discovery(theirs, 0.05), 0.0095);
  EXPECT_LT(largest_discovery({0.9, 0.8}, 0.5), 0);
  EXPECT_LT(largest_discovery({}, 0.5), 0);
  // A step up: the second counts although the first alone would not.
  EXPECT_EQ(largest_discovery({0.06, 0.1}, 0.1), 0.1);
}

TEST(Judge, TheThresholdIsTheLargestScoreNotFlagged) {
  std::vector<double> calibration;
  for (int i = 0; i < 999; ++i) calibration.push_back(i);
  const DetectionScores some = judged(calibration, {5, 2000, 400, 3000}, discoveries_at(0.1));
  EXPECT_EQ(some.threshold, 400);
  EXPECT_EQ(some.is_anomaly, (std::vector<std::uint8_t>{0, 1, 0, 1}));
  const DetectionScores none = judged(calibration, {5, 300}, discoveries_at(0.1));
  EXPECT_EQ(none.threshold, 300);
  EXPECT_EQ(none.flagged, 0);
}

TEST(Judge, WarnsOfTooFewCalibrationRowsForTheRate) {
  const auto warned = [](const DetectOptions& options, int rows) {
    const DetectionScores result = judged(
        std::vector<double>(99, 1.0), std::vector<double>(static_cast<std::size_t>(rows)), options);
    return result.warnings.size() == 1 && result.warnings[0].code == "few-calibration-rows";
  };
  EXPECT_TRUE(warned(alarms_at(0.009), 10));
  EXPECT_FALSE(warned(alarms_at(0.01), 10));
  EXPECT_TRUE(warned(discoveries_at(0.1), 11));
  EXPECT_FALSE(warned(discoveries_at(0.1), 10));
}

TEST(Judge, RefusesTwoWaysToFlagAndRatesOutOfRange) {
  const auto refused = [](const DetectOptions& options, Judged judged) {
    try {
      check_rates(options, judged);
      return false;
    } catch (const Error& error) {
      return error.kind() == ErrorKind::kUsage;
    }
  };
  DetectOptions both = discoveries_at(0.1);
  EXPECT_FALSE(refused(both, Judged::kOthers));
  EXPECT_TRUE(refused(both, Judged::kThemselves));
  both.contamination = 0.1;
  EXPECT_TRUE(refused(both, Judged::kOthers));
  for (const double rate : {0.0, 1.0, -0.1, std::nan("")}) {
    EXPECT_TRUE(refused(alarms_at(rate), Judged::kOthers)) << rate;
    EXPECT_TRUE(refused(discoveries_at(rate), Judged::kOthers)) << rate;
  }
}

}  // namespace
}  // namespace hourglass
