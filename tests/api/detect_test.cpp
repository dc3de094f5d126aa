#include "hourglass/detect.h"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

#include "api/synthetic.h"
#include "base/interrupt.h"
#include "hourglass/error.h"

namespace hourglass {
namespace {

const Settings kQuick = {{"epochs", "60"}, {"hidden", "32"}, {"latent_dim", "2"}};
const Settings kForDetection = {
    {"job", "detect"}, {"epochs", "60"}, {"hidden", "32"}, {"latent_dim", "2"}};

TEST(Detect, FindsRowsThatDoNotFit) {
  const Model model = Model::train(curved_data(1000), {{"job", "detect"}, {"steps", "300"}});
  const DetectionScores scores = detect(model, data_with_anomalies(1000));
  const DetectionQuality quality = evaluate_detection(scores.anomaly_score, anomaly_labels(1000));
  EXPECT_GT(quality.auroc, 0.95);
  EXPECT_EQ(quality.anomalies, 100);
}

TEST(Detect, FlagsExchangeableRowsAtTheRateAskedFor) {
  const Model model = Model::train(curved_data(1500), kForDetection);
  DetectOptions options;
  options.false_alarm_rate = 0.05;
  const DetectionScores scores = detect(model, curved_data(2000, 77), options);
  // Five standard errors of a share of 2,000 rows, and of the calibration's own 1,500.
  EXPECT_NEAR(static_cast<double>(scores.flagged) / 2000, 0.05, 0.035);
  for (std::size_t i = 0; i < scores.p_value.size(); ++i) {
    EXPECT_GT(scores.p_value[i], 0);
    EXPECT_LE(scores.p_value[i], 1);
    EXPECT_EQ(scores.is_anomaly[i] == 1, scores.anomaly_score[i] > scores.threshold);
  }
}

TEST(Detect, ATypicalUnseenRowScoresOne) {
  for (const Settings& settings : {kForDetection, kQuick}) {
    const Model model = Model::train(curved_data(1000), settings);
    std::vector<double> scores = detect(model, curved_data(1001, 77)).anomaly_score;
    std::nth_element(scores.begin(), scores.begin() + 500, scores.end());
    EXPECT_NEAR(scores[500], 1, 0.25);
  }
}

TEST(Detect, ContaminationFlagsThatShare) {
  const Model model = Model::train(curved_data(500), kForDetection);
  DetectOptions options;
  options.contamination = 0.1;
  EXPECT_EQ(detect(model, data_with_anomalies(1000), options).flagged, 100);
}

TEST(Detect, ExplainsStepsAlikeInPiecesAndAsAWhole) {
  // Wide enough that steps are explained in several stretches.
  constexpr std::int64_t kSteps = 600;
  constexpr std::int64_t kColumns = 1000;
  std::vector<float> values;
  for (std::int64_t i = 0; i < kSteps * kColumns; ++i) {
    values.push_back(static_cast<float>((i * 7919) % 997) / 997);
  }
  const Data steps = Data::from_rows(values.data(), kSteps, kColumns);
  const Model model = Model::train(
      steps,
      {{"window", "3"}, {"stride", "2"}, {"epochs", "1"}, {"hidden", "4"}, {"latent_dim", "2"}});
  DetectOptions options;
  options.explain = kColumns;
  const DetectionScores scores = detect(model, steps, options);
  const auto all = scores.explain(0, kSteps);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kSteps));
  for (const std::size_t step : {0, 1, 299, 522, 523, 524, 525, 598, 599}) {
    double sum = 0;
    for (const Contribution& part : all[step]) sum += part.error;
    EXPECT_NEAR(sum / (kColumns * scores.anomaly_score[step]), 1, 1e-9);
    const std::vector<Contribution> alone = scores.explain(step);
    for (std::size_t k = 0; k < alone.size(); ++k) {
      EXPECT_EQ(alone[k].feature, all[step][k].feature);
      EXPECT_EQ(alone[k].error, all[step][k].error);
      EXPECT_EQ(alone[k].expected, all[step][k].expected);
    }
  }
}

TEST(Detect, ExplainsByTheFeaturesThatWereTornOff) {
  const Model model = Model::train(curved_data(1000), kForDetection);
  DetectOptions options;
  options.explain = 6;
  const DetectionScores scores = detect(model, data_with_anomalies(1000), options);
  const auto strangest = std::max_element(scores.anomaly_score.begin(), scores.anomaly_score.end());
  const auto row = static_cast<std::size_t>(strangest - scores.anomaly_score.begin());
  EXPECT_EQ(row % 10, 0U);
  const auto parts = scores.explain(row);
  ASSERT_EQ(parts.size(), 6U);
  double sum = 0;
  for (const Contribution& part : parts) sum += part.error;
  EXPECT_NEAR(sum, 6 * *strangest, 1e-9 * sum);
  EXPECT_GE(parts[0].error, parts[1].error);
}

TEST(Detect, RefusesToExplainWhatWasNotScored) {
  const Model model = Model::train(curved_data(100), {{"job", "detect"}, {"epochs", "2"}});
  for (const std::int64_t explain : {0, 2}) {
    DetectOptions options;
    options.explain = explain;
    const DetectionScores scores = detect(model, curved_data(20), options);
    EXPECT_EQ(scores.explain(0, 20).size(), 20U);
    EXPECT_TRUE(scores.explain(20, 20).empty());
    const auto refused = [&](std::size_t begin, std::size_t end) {
      try {
        scores.explain(begin, end);
        ADD_FAILURE() << begin << " to " << end;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      }
    };
    refused(2, 1);
    refused(0, 21);
    refused(21, 21);
    EXPECT_THROW(scores.explain(20), Error);
    EXPECT_THROW(scores.explain(std::numeric_limits<std::size_t>::max()), Error);
  }
}

TEST(Detect, ExplainingStopsWhenAsked) {
  const Model model = Model::train(curved_data(100), {{"job", "detect"}, {"epochs", "2"}});
  DetectOptions options;
  options.explain = 2;
  const DetectionScores scores = detect(model, curved_data(20), options);
  request_interrupt(SIGINT);
  try {
    scores.explain(0);
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInterrupted);
  }
  clear_interrupt();
}

TEST(Detect, WithoutAModelScoresEachRowByOneThatNeverSawIt) {
  const DetectionScores scores = detect(data_with_anomalies(600));
  EXPECT_EQ(scores.anomaly_score.size(), 600U);
  EXPECT_GT(evaluate_detection(scores.anomaly_score, anomaly_labels(600)).auroc, 0.8);
}

// The models that score a row were trained without its fifth of the table. So changing one row
// leaves the scores of the others in that fifth as they were, but for the unit that all scores
// share.
TEST(Detect, WithoutAModelARowHasNoPartInTheModelThatScoresIt) {
  constexpr std::size_t kRows = 50;
  std::vector<float> values = curved_rows(kRows, 5);
  const auto scores_of = [&] {
    return detect(Data::from_rows(values.data(), kRows, 6), kQuick).anomaly_score;
  };
  const std::vector<double> before = scores_of();
  for (std::size_t f = 0; f < 6; ++f) values[f] += 20;
  const std::vector<double> after = scores_of();
  std::size_t most_alike = 0;
  for (std::size_t i = 1; i < kRows; ++i) {
    std::size_t alike = 0;
    for (std::size_t j = 1; j < kRows; ++j) {
      const double ratio = after[i] / before[i] / (after[j] / before[j]);
      if (std::abs(ratio - 1) < 1e-9) ++alike;
    }
    most_alike = std::max(most_alike, alike);
  }
  EXPECT_EQ(most_alike, kRows / 5 - 1);
}

TEST(Detect, WithoutAModelExplainsEachRowByTheModelThatScoredIt) {
  DetectOptions options;
  options.explain = 6;
  const DetectionScores scores = detect(data_with_anomalies(300), kQuick, options);
  const auto all = scores.explain(0, 300);
  for (std::size_t row = 0; row < 300; ++row) {
    double sum = 0;
    for (const Contribution& part : all[row]) sum += part.error;
    EXPECT_NEAR(sum, 6 * scores.anomaly_score[row], 1e-9 * sum) << row;
    const auto alone = scores.explain(row);
    EXPECT_EQ(alone[0].feature, all[row][0].feature);
    EXPECT_EQ(alone[0].error, all[row][0].error);
  }
}

TEST(Detect, ScoresDoNotDependOnThreads) {
  const Data data = data_with_anomalies(300);
  EXPECT_EQ(detect(data, kQuick, {}, {.threads = 1}).anomaly_score,
            detect(data, kQuick, {}, {.threads = 3}).anomaly_score);
}

TEST(DetectFile, ScoresAsTheDataDoThatWereReadBefore) {
  const Model model = Model::train(curved_data(500), kForDetection);
  const std::vector<float> values = curved_rows(700, 3);
  const std::string path = testing::TempDir() + "hourglass_detect_file.csv";
  {
    std::ofstream file(path);
    for (std::size_t i = 0; i < values.size(); ++i) file << values[i] << (i % 6 == 5 ? "\n" : ",");
  }
  const DetectionScores read = detect(model, Data::read_for(model, path));
  for (const int threads : {1, 3}) {
    DataOptions reading;
    reading.threads = threads;
    const DetectionScores scores = detect_file(model, path, reading, {}, {.threads = threads});
    EXPECT_EQ(scores.anomaly_score, read.anomaly_score);
    EXPECT_EQ(scores.p_value, read.p_value);
    EXPECT_EQ(scores.is_anomaly, read.is_anomaly);
  }
  DetectOptions explaining;
  explaining.explain = 1;
  EXPECT_THROW(detect_file(model, path, {}, explaining), Error);
  std::ofstream(path, std::ios::app) << "1,2,oops,4,5,6\n";
  try {
    detect_file(model, path);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("row 701"), std::string::npos) << error.what();
  }
  std::remove(path.c_str());
}

TEST(Detect, RefusesOptionsOutOfRange) {
  const Data data = curved_data(50);
  DetectOptions options;
  options.contamination = 0.7;
  EXPECT_THROW(detect(data, kQuick, options), Error);
  const std::vector<float> row(6, 1.0F);
  EXPECT_THROW(detect(Data::from_rows(row.data(), 1, 6), kQuick), Error);
}

TEST(EvaluateDetection, WantsALabelForEachRow) {
  EXPECT_THROW(evaluate_detection({1, 2}, {"0"}), Error);
}

}  // namespace
}  // namespace hourglass
