#include <algorithm>
#include <cmath>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/synthetic.h"
#include "hourglass/detect.h"
#include "hourglass/error.h"
#include "hourglass/model.h"

namespace hourglass {
namespace {

const Settings kOne = {{"epochs", "20"}, {"hidden", "16"}, {"latent_dim", "2"}, {"seed", "3"}};

Settings with(Settings settings, const Settings& more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

const Settings kThree = with(kOne, {{"ensemble", "3"}, {"ensemble_widths", "1,0.5"}});
const Settings kForDetection = with(kThree, {{"job", "detect"}, {"epochs", "60"}});

template <class Number>
std::vector<double> mean_of(const std::vector<std::vector<Number>>& parts) {
  std::vector<double> mean(parts.front().size());
  for (const auto& part : parts) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += static_cast<double>(part[i]) / static_cast<double>(parts.size());
    }
  }
  return mean;
}

TEST(Ensemble, HasThePlainModelForItsFirstMember) {
  const Data data = curved_data(400);
  const Model plain = Model::train(data, kOne);
  const Model three = Model::train(data, kThree);
  EXPECT_EQ(plain.members(), 1);
  EXPECT_EQ(three.members(), 3);
  EXPECT_EQ(three.member(0).reconstruct(data), plain.reconstruct(data));
  EXPECT_EQ(three.encode(data), plain.encode(data));
  EXPECT_EQ(three.member(0).encode(data), plain.encode(data));
  EXPECT_NE(three.member(2).encode(data), plain.encode(data));
  EXPECT_EQ(three.latent_dim(), 2);
  EXPECT_EQ(three.member(1).latent_dim(), 1);
  EXPECT_EQ(three.member(1).encode(data).size(), 400U);
}

// Initial weights, order of batches, dropout and noise: all are those of a training by itself from
// the seed that the member says it has. (No rows are held out, as those follow from the seed, too.)
TEST(Ensemble, EachMemberIsThePlainModelOfItsOwnSeed) {
  const Data data = curved_data(200);
  const Settings noisy =
      with(kOne, {{"validation", "0"}, {"corrupt", "gaussian:0.3"}, {"dropout", "0.1"}});
  const Model three = Model::train(data, with(noisy, {{"ensemble", "3"}}));
  for (int m = 0; m < 3; ++m) {
    const auto told = nlohmann::json::parse(three.member(m).describe());
    const std::string seed = told["settings"]["seed"];
    const Model plain = Model::train(data, with(noisy, {{"seed", seed}}));
    EXPECT_EQ(three.member(m).reconstruct(data), plain.reconstruct(data)) << m;
  }
}

TEST(Ensemble, ReconstructsByTheMeanOfItsMembers) {
  const Data data = curved_data(300);
  const Model model = Model::train(data, kThree);
  std::vector<std::vector<float>> parts;
  for (int m = 0; m < 3; ++m) parts.push_back(model.member(m).reconstruct(data));
  const std::vector<double> mean = mean_of(parts);
  const std::vector<float> all = model.reconstruct(data);
  ASSERT_EQ(all.size(), mean.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(all[i], mean[i], 2e-5);
  EXPECT_NE(all, parts[0]);
}

TEST(Ensemble, ToldErrorIsThatOfTheMeanReconstruction) {
  const Data data = curved_data(500);
  const Settings settings = with(kThree, {{"scaling", "none"}, {"validation", "0"}});
  const Model model = Model::train(data, settings);
  EXPECT_NEAR(model.training().model_mse, model.reconstruct_to(data, "").mean_squared_error,
              1e-4 * model.training().model_mse);
  double loss = 0;
  for (int m = 0; m < 3; ++m) {
    loss += model.member(m).reconstruct_to(data, "").mean_squared_error / 3;
  }
  EXPECT_NEAR(model.training().train_loss, loss, 1e-4 * loss);
  // The mean is no worse than its parts are on average (convexity), and these differ.
  EXPECT_LT(model.training().model_mse, 0.999 * model.training().train_loss);
}

TEST(Ensemble, MembersThereAreNotAreRefused) {
  const Data data = curved_data(100);
  const Model three = Model::train(data, with(kThree, {{"epochs", "2"}}));
  const auto refused = [](const Model& model, std::int64_t member) -> std::string {
    try {
      model.member(member);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "(accepted)";
  };
  EXPECT_NE(refused(three, 3).find("from 0 to 2"), std::string::npos);
  EXPECT_NE(refused(three, -1).find("from 0 to 2"), std::string::npos);
  EXPECT_NE(refused(three.member(1), 1).find("only member is 0"), std::string::npos);
  EXPECT_EQ(refused(three, 2), "(accepted)");
}

TEST(Ensemble, SurvivesTheFile) {
  const Data data = curved_data(300);
  const Model model = Model::train(data, kForDetection);
  const std::string path = testing::TempDir() + "hourglass-ensemble";
  model.save(path);
  const Model loaded = Model::load(path);
  EXPECT_EQ(loaded.reconstruct(data), model.reconstruct(data));
  EXPECT_EQ(loaded.describe(), model.describe());
  EXPECT_EQ(detect(loaded, data).anomaly_score, detect(model, data).anomaly_score);
  // A member is a model that can be kept by itself.
  model.member(1).save(path);
  EXPECT_EQ(Model::load(path).encode(data), model.member(1).encode(data));
  std::filesystem::remove(path);
}

TEST(Ensemble, IsTheSameForAnyNumberOfThreads) {
  const Data data = curved_data(500);
  const Model one = Model::train(data, kForDetection, {.threads = 1});
  const Model three = Model::train(data, kForDetection, {.threads = 3});
  EXPECT_EQ(one.reconstruct(data), three.reconstruct(data, {.threads = 2}));
  EXPECT_EQ(one.describe(), three.describe());
  EXPECT_EQ(detect(one, data, {}, {.threads = 1}).anomaly_score,
            detect(three, data, {}, {.threads = 3}).anomaly_score);
  EXPECT_EQ(detect(data, kThree, {}, {.threads = 1}).anomaly_score,
            detect(data, kThree, {}, {.threads = 3}).anomaly_score);
}

TEST(Ensemble, ScoresByTheGeometricMeanOfItsMembersScores) {
  const Model model = Model::train(curved_data(1000), kForDetection);
  const Data data = data_with_anomalies(600);
  std::vector<std::vector<double>> parts;
  for (int m = 0; m < 3; ++m) parts.push_back(detect(model.member(m), data).anomaly_score);
  const DetectionScores scores = detect(model, data);
  for (std::size_t i = 0; i < 600; ++i) {
    const double mean = std::cbrt(parts[0][i] * parts[1][i] * parts[2][i]);
    EXPECT_NEAR(scores.anomaly_score[i], mean, 1e-12 * mean);
  }
  EXPECT_GT(evaluate_detection(scores.anomaly_score, anomaly_labels(600)).auroc, 0.85);
}

TEST(Ensemble, IsCalibratedAsAWhole) {
  const Model model = Model::train(curved_data(1500), kForDetection);
  DetectOptions options;
  options.significance = 0.05;
  DetectionScores scores = detect(model, curved_data(2001, 77), options);
  EXPECT_NEAR(static_cast<double>(scores.flagged) / 2001, 0.05, 0.035);
  std::nth_element(scores.anomaly_score.begin(), scores.anomaly_score.begin() + 1000,
                   scores.anomaly_score.end());
  EXPECT_NEAR(scores.anomaly_score[1000], 1, 0.25);
}

// A row's errors over all features add up to its score, and what is expected is what reconstruct
// gives.
void expect_exact(const DetectionScores& scores) {
  const auto explained = scores.explain(0, scores.anomaly_score.size());
  for (std::size_t row = 0; row < explained.size(); ++row) {
    ASSERT_EQ(explained[row].size(), 6U);
    double sum = 0;
    for (const Contribution& part : explained[row]) sum += part.error;
    EXPECT_NEAR(sum, 6 * scores.anomaly_score[row], 1e-9 * sum) << row;
  }
}

TEST(Ensemble, ExplainsItsScoresExactly) {
  const Model model = Model::train(curved_data(500), kForDetection);
  const Data data = data_with_anomalies(400);
  DetectOptions options;
  options.explain = 6;
  const DetectionScores scores = detect(model, data, options);
  expect_exact(scores);
  const std::vector<float> reconstructed = model.reconstruct(data);
  for (const Contribution& part : scores.explain(7)) {
    const std::string prefix = "column ";
    ASSERT_TRUE(part.feature.starts_with(prefix)) << part.feature;
    const auto column = std::stoul(part.feature.substr(prefix.size())) - 1;
    EXPECT_NEAR(std::stof(part.expected), reconstructed[7 * 6 + column], 1e-3) << part.feature;
  }
}

TEST(Ensemble, WithoutAModelScoresAndExplainsEachRowByOneThatNeverSawIt) {
  DetectOptions options;
  options.explain = 6;
  const DetectionScores scores = detect(data_with_anomalies(300), kThree, options);
  expect_exact(scores);
  EXPECT_NE(scores.anomaly_score, detect(data_with_anomalies(300), kOne, options).anomaly_score);
}

TEST(Ensemble, OfCategoriesAndHolesReconstructsThem) {
  const std::string path = testing::TempDir() + "hourglass-ensemble.csv";
  {
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fputs("x,colour,y\n", file);
    for (int i = 0; i < 120; ++i) {
      std::fprintf(file, "%d,%s,%s\n", i % 10, i % 3 == 0 ? "red" : "blue",
                   i % 11 == 0 ? "" : std::to_string(2 * (i % 10)).c_str());
    }
    std::fclose(file);
  }
  DataOptions reading;
  reading.missing = "impute";
  const Data data = Data::read(path, reading);
  const Settings settings = with(kThree, {{"missing", "impute"}, {"epochs", "40"}});
  const Model model = Model::train(data, settings);
  EXPECT_EQ(model.reconstruct(data).size(), 360U);
  DetectOptions options;
  options.explain = 3;
  const DetectionScores scores = detect(model, data, options);
  for (std::size_t row = 0; row < 120; ++row) EXPECT_TRUE(std::isfinite(scores.anomaly_score[row]));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace hourglass
