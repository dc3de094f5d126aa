// Anomaly scores by errors and by how far codes are from those of rows that were learned from.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <numeric>

#include "api/synthetic.h"
#include "hourglass/detect.h"
#include "hourglass/error.h"
#include "hourglass/model.h"

namespace hourglass {
namespace {

constexpr std::size_t kCols = 6;  // of curved_data()

Settings with(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

// All rows are learned from and kept, in the data's own units.
const Settings kPlain = {{"epochs", "20"},  {"hidden", "16"},           {"latent_dim", "2"},
                         {"seed", "3"},     {"scaling", "none"},        {"validation", "0"},
                         {"ensemble", "1"}, {"reference_codes", "1000"}};
const Settings kForDetection = {{"job", "detect"}, {"steps", "200"}, {"seed", "3"}};

double squared_distance(const std::vector<float>& a, std::size_t i, const std::vector<float>& b,
                        std::size_t j, std::size_t cols) {
  double sum = 0;
  for (std::size_t c = 0; c < cols; ++c) {
    const double difference = static_cast<double>(a[i * cols + c]) - b[j * cols + c];
    sum += difference * difference;
  }
  return sum;
}

TEST(ReferenceCodes, MultiplyAnErrorByTheSquaredDistanceToTheNearest) {
  const Data learned = curved_data(200);
  const Data asked = curved_data(300, 77);
  const Model model = Model::train(learned, kPlain);
  const std::vector<float> known = model.encode(learned), codes = model.encode(asked);
  const std::vector<float> reconstructed = model.reconstruct(asked);
  const Model without = Model::train(learned, with(kPlain, {{"reference_codes", "0"}}));
  ASSERT_EQ(without.encode(asked), codes);
  const std::vector<double> errors = detect(without, asked).anomaly_score;
  const std::vector<double> scores = detect(model, asked).anomaly_score;
  std::vector<double> units;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double nearest = 1e300;
    for (std::size_t j = 0; j < 200; ++j) {
      nearest = std::min(nearest, squared_distance(codes, i, known, j, 2));
    }
    units.push_back(scores[i] * scores[i] / (errors[i] * nearest));
  }
  for (const double unit : units) EXPECT_NEAR(unit / units[0], 1, 1e-3);
}

TEST(ReferenceCodes, AreWhatDetectionStartsFrom) {
  const Data learned = curved_data(600);
  const Model model = Model::train(learned, kForDetection);
  const Model without = Model::train(learned, with(kForDetection, {{"reference_codes", "0"}}));
  const Data asked = data_with_anomalies(400);
  const auto auroc = [&](const Model& by) {
    return evaluate_detection(detect(by, asked).anomaly_score, anomaly_labels(400)).auroc;
  };
  EXPECT_NE(detect(model, asked).anomaly_score, detect(without, asked).anomaly_score);
  EXPECT_GT(auroc(model), 0.9);
  EXPECT_GT(auroc(model), auroc(without) - 0.02);
}

TEST(ReferenceCodes, AreCalibratedByRowsThatWereNotKept) {
  const Model model = Model::train(curved_data(1500), kForDetection);
  DetectOptions options;
  options.false_alarm_rate = 0.05;
  const DetectionScores scores = detect(model, curved_data(2001, 77), options);
  EXPECT_NEAR(static_cast<double>(scores.flagged) / 2001, 0.05, 0.03);
}

TEST(ReferenceCodes, LeaveExplanationsExact) {
  const Model model = Model::train(curved_data(500), kForDetection);
  DetectOptions options;
  options.explain = kCols;
  const DetectionScores scores = detect(model, data_with_anomalies(300), options);
  const auto explained = scores.explain(0, scores.anomaly_score.size());
  for (std::size_t row = 0; row < explained.size(); ++row) {
    double sum = 0;
    for (const Contribution& part : explained[row]) sum += part.error;
    EXPECT_NEAR(sum, kCols * scores.anomaly_score[row], 1e-9 * sum) << row;
  }
}

TEST(ReferenceCodes, AreKeptInTheFile) {
  const Data asked = data_with_anomalies(200);
  const Model model = Model::train(curved_data(400), kForDetection);
  const std::string path = testing::TempDir() + "hourglass-reference-codes";
  model.save(path);
  EXPECT_EQ(detect(Model::load(path), asked).anomaly_score, detect(model, asked).anomaly_score);
  model.member(3).save(path);
  EXPECT_EQ(detect(Model::load(path), asked).anomaly_score,
            detect(model.member(3), asked).anomaly_score);
  std::filesystem::remove(path);
}

TEST(ReferenceCodes, GiveTheSameForAnyNumberOfThreads) {
  const Data learned = curved_data(400), asked = data_with_anomalies(500);
  const Model one = Model::train(learned, kForDetection, {.threads = 1});
  const Model three = Model::train(learned, kForDetection, {.threads = 3});
  EXPECT_EQ(detect(one, asked, {}, {.threads = 3}).anomaly_score,
            detect(three, asked, {}, {.threads = 1}).anomaly_score);
}

TEST(ReferenceCodes, KeepScoresOfExtremeRowsFinite) {
  const Model model = Model::train(curved_data(300), kForDetection);
  std::vector<float> numbers(3 * kCols, 0.0F);
  numbers[0] = 1e30F;
  numbers[kCols] = -3e38F;
  const Data extreme = Data::from_rows(numbers.data(), 3, kCols);
  const std::vector<double> scores = detect(model, extreme).anomaly_score;
  for (const double score : scores) EXPECT_TRUE(std::isfinite(score)) << score;
  EXPECT_GT(scores[0], 1e6);
  EXPECT_GT(scores[1], 1e6);
}

}  // namespace
}  // namespace hourglass
