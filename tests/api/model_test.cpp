#include "hourglass/model.h"

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <limits>
#include <unistd.h>

#include "api/synthetic.h"
#include "hourglass/error.h"

namespace hourglass {
namespace {

const Settings kQuick = {{"epochs", "60"}, {"hidden", "32"}, {"latent_dim", "2"}};

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& name)
      : path_((std::filesystem::temp_directory_path() /
               (name + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                std::to_string(getpid())))
                  .string()) {}
  ~TemporaryFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Model, LearnsWhatPcaCannot) {
  const Model model = Model::train(curved_data(2000), kQuick);
  EXPECT_EQ(model.latent_dim(), 2);
  EXPECT_EQ(model.features(), 6);
  EXPECT_LT(model.training().model_mse, 0.6 * model.training().pca_loss);
  EXPECT_EQ(model.training().training_rows + model.training().validation_rows + 180, 2000);
}

TEST(Model, ReconstructsInTheDataOwnUnits) {
  const Data data = curved_data(2000);
  const Model model = Model::train(data, kQuick);
  const std::vector<float> rows = curved_rows(2000, 1);
  const std::vector<float> reconstructions = model.reconstruct(data);
  ASSERT_EQ(reconstructions.size(), rows.size());
  double squared = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    squared += std::pow(static_cast<double>(rows[i]) - static_cast<double>(reconstructions[i]), 2);
  }
  // The features' variance is about 9 · 1.5.
  EXPECT_LT(squared / static_cast<double>(rows.size()), 3);
  EXPECT_NEAR(model.reconstruct_to(data, "").mean_squared_error,
              squared / static_cast<double>(rows.size()), 1e-3);
}

TEST(Model, EncodeThenDecodeIsReconstruct) {
  const Data data = curved_data(300);
  const Model model = Model::train(data, kQuick);
  const std::vector<float> codes = model.encode(data);
  ASSERT_EQ(codes.size(), 600U);
  EXPECT_EQ(model.decode(codes.data(), 300), model.reconstruct(data));
}

ErrorKind kind_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorKind::kFailed;
}

TEST(Model, DrawsAnyNumberOfSamplesButANegativeOne) {
  const Model model = Model::train(
      curved_data(100), {{"family", "variational"}, {"epochs", "2"}, {"latent_dim", "2"}});
  const std::vector<float> three = model.sample(3, 7);
  ASSERT_EQ(three.size(), 18U);
  const std::vector<float> one = model.sample(1, 7);
  EXPECT_EQ(one, std::vector<float>(three.begin(), three.begin() + 6));
  EXPECT_TRUE(model.sample(0).empty());
  const TemporaryFile file("hourglass_samples");
  const std::string path = file.path() + ".csv";
  for (const std::int64_t rows : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(kind_of([&] { model.sample(rows); }), ErrorKind::kUsage);
    EXPECT_EQ(kind_of([&] { model.decode(three.data(), rows); }), ErrorKind::kUsage);
    EXPECT_EQ(kind_of([&] { model.sample_to(rows, 0, path); }), ErrorKind::kUsage);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Model, SurvivesTheFile) {
  const Data data = curved_data(300);
  const Model model = Model::train(data, kQuick);
  const TemporaryFile file("hourglass-model");
  model.save(file.path());
  const Model loaded = Model::load(file.path());
  EXPECT_EQ(loaded.reconstruct(data), model.reconstruct(data));
  EXPECT_EQ(loaded.describe(), model.describe());
}

TEST(Model, IsTheSameForAnyNumberOfThreads) {
  const Data data = curved_data(700);
  const std::vector<float> one = Model::train(data, kQuick, {.threads = 1}).reconstruct(data);
  EXPECT_EQ(one, Model::train(data, kQuick, {.threads = 3}).reconstruct(data, {.threads = 2}));
}

TEST(Model, SeedDecides) {
  const Data data = curved_data(300);
  Settings other = kQuick;
  other.emplace_back("seed", "1");
  EXPECT_NE(Model::train(data, kQuick).reconstruct(data),
            Model::train(data, other).reconstruct(data));
}

TEST(Model, RefusesDataOfAnotherWidth) {
  const Model model = Model::train(curved_data(300), kQuick);
  const std::vector<float> narrow(20, 1.0F);
  try {
    model.encode(Data::from_rows(narrow.data(), 5, 4));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
  }
}

TEST(Data, RefusesNumbersThatAreNone) {
  const std::vector<float> values = {1, 2, std::numeric_limits<float>::quiet_NaN(), 4};
  EXPECT_THROW(Data::from_rows(values.data(), 2, 2), Error);
}

}  // namespace
}  // namespace hourglass
