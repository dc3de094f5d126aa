// Training with loss gaussian-nll, and what is measured afterwards.

#include <cmath>
#include <gtest/gtest.h>
#include <optional>

#include "base/random.h"
#include "data/test_table.h"
#include "model/settings.h"
#include "network/inference.h"
#include "train/evaluate.h"
#include "train/fit.h"

namespace hourglass {
namespace {

constexpr Index kRows = 2000;
constexpr Index kCols = 6;
// Of the columns' noise.
constexpr double kDeviations[kCols] = {0.1, 0.3, 0.6, 0.1, 0.3, 0.6};

// Two hidden numbers seen three times each, through noise of another size each time.
Table noisy_table() {
  std::vector<double> values;
  for (Index r = 0; r < kRows; ++r) {
    RandomStream stream(1, RandomPurpose::kSample, static_cast<std::uint64_t>(r));
    const double hidden[2] = {stream.normal(), stream.normal()};
    for (Index c = 0; c < kCols; ++c) {
      values.push_back(hidden[c / 3] + kDeviations[c] * stream.normal());
    }
  }
  return make_table(kCols, values);
}

struct Trained {
  explicit Trained(Settings settings) : table(noisy_table()) {
    EncodingOptions options;
    options.scaling = Scaling::kNone;
    encoding = learn_encoding(table, all_rows(table), options, nullptr);
    settings.insert(settings.begin(), {{"loss", "gaussian-nll"}, {"latent_dim", "2"}});
    spec = spec_from_settings(settings);
    resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
    network.emplace(network_of(spec, kCols));
    network->initialise(1);
    const Samples rows = samples();
    result = fit(*network, spec, rows, &rows, Corruptor(), pool, {});
  }
  Samples samples() const { return Samples(table, encoding, all_rows(table), 1 << 20, false); }

  ThreadPool pool{2};
  Table table;
  Encoding encoding;
  ModelSpec spec;
  std::optional<Network<float>> network;
  FitResult result;
};

TEST(GaussianNll, PredictsTheSizeOfEachFeaturesErrors) {
  Trained trained({{"hidden", "16"}, {"epochs", "60"}, {"patience", "0"}});
  const Samples samples = trained.samples();
  Matrix<float> outputs(kRows, 2 * kCols);
  Inference<float>(*trained.network, trained.spec.step, trained.pool)
      .reconstruct(samples.matrix(), outputs.view());
  const Evaluation evaluation =
      evaluate(*trained.network, trained.spec.step, samples, nullptr, trained.pool);
  double loss = 0;
  for (Index c = 0; c < kCols; ++c) {
    double predicted = 0, squares = 0;
    for (Index r = 0; r < kRows; ++r) {
      const double variance = std::exp(log_variance_of(double(outputs.at(r, kCols + c))));
      const double error = double(outputs.at(r, c)) - double(samples.matrix().row(r)[c]);
      predicted += variance / kRows;
      squares += error * error / kRows;
      loss += (error * error / variance + std::log(variance)) / 2 / (kRows * kCols);
    }
    EXPECT_NEAR(std::sqrt(predicted / squares), 1, 0.2) << c;
    EXPECT_NEAR(evaluation.feature_error[static_cast<std::size_t>(c)], squares, 1e-4 * squares);
  }
  EXPECT_NEAR(evaluation.loss, loss, 1e-4);
}

// A likelihood's loss falls below 0, where a share of it has the other sign.
TEST(GaussianNll, StopsEarlyThoughTheLossIsNegative) {
  Trained trained(
      {{"hidden", "16"}, {"epochs", "200"}, {"patience", "5"}, {"min_improvement", "0.5"}});
  EXPECT_LT(trained.result.history.back().validation_loss, 0);
  EXPECT_TRUE(trained.result.stopped_early);
}

}  // namespace
}  // namespace hourglass
