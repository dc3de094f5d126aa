#include "train/fit.h"

#include <cmath>
#include <gtest/gtest.h>

#include "data/test_table.h"
#include "model/settings.h"
#include "train/held_out_penalty.h"

namespace hourglass {
namespace {

constexpr Index kRows = 60;
constexpr Index kCols = 5;

struct Setting {
  explicit Setting(const Settings& settings) : spec(spec_from_settings(settings)) {
    std::vector<double> values;
    for (Index i = 0; i < kRows * kCols; ++i) values.push_back(std::sin(0.7 * double(i)));
    table = make_table(kCols, values);
    encoding = learn_encoding(table, all_rows(table), {}, nullptr);
    resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
    corruptor = Corruptor(spec.corruptions, encoding, spec.seed, nullptr);
  }
  Samples samples() const { return Samples(table, encoding, all_rows(table), 1 << 20, false); }
  Network<float> network() const {
    Network<float> network(network_of(spec, kCols, {kCols}));
    network.initialise(1);
    return network;
  }

  Table table;
  ModelSpec spec;
  Encoding encoding;
  Corruptor corruptor;
};

FitResult fitted(const Setting& setting, bool validates) {
  Network<float> network = setting.network();
  ThreadPool pool(1);
  const Samples samples = setting.samples();
  return fit(network, setting.spec, samples, validates ? &samples : nullptr, setting.corruptor,
             pool, {});
}

// 60 rows in batches of 16: four steps an epoch.
TEST(Fit, StepsMayEndInTheMiddleOfAnEpoch) {
  const Setting setting({{"steps", "10"}, {"batch_size", "16"}, {"validation", "0"}});
  EXPECT_EQ(setting.spec.epochs, 3);
  const FitResult result = fitted(setting, false);
  EXPECT_EQ(result.history.size(), 3U);
  EXPECT_EQ(result.samples, 2 * 60 + 2 * 16);
}

// The network learns to reconstruct before its units have been pushed to their target, and from
// then on reconstructs worse.
TEST(Fit, TheBestEpochIsThatOfLossAndPenaltiesTogether) {
  const Setting setting({{"family", "sparse-kl"},
                         {"latent_dim", "16"},
                         {"penalty", "kl=0.05"},
                         {"sparsity_target", "0.01"},
                         {"lr", "0.05"},
                         {"schedule", "constant"},
                         {"epochs", "150"},
                         {"patience", "0"}});
  const FitResult result = fitted(setting, true);
  Index best_by_loss = 1;
  for (const EpochRecord& record : result.history) {
    const double best = result.history[static_cast<std::size_t>(best_by_loss - 1)].validation_loss;
    if (record.validation_loss < best) best_by_loss = record.epoch;
  }
  EXPECT_LT(best_by_loss, result.best_epoch);
}

TEST(HeldOutPenalty, IsThatOfTheRowsAsTheyAreShown) {
  const Setting clean({{"latent_dim", "2"}, {"penalty", "l1=1"}, {"batch_size", "16"}});
  const Setting masked(
      {{"latent_dim", "2"}, {"penalty", "l1=1"}, {"batch_size", "16"}, {"corrupt", "masking:1"}});
  const auto measured = [](const Setting& setting) {
    Network<float> network = setting.network();
    ThreadPool pool(2);
    TrainingPlan<float> plan(network, setting.spec.step, setting.spec.batch_size, pool);
    const Samples samples = setting.samples();
    HeldOutPenalty penalty(plan, setting.spec, samples, setting.corruptor, pool);
    const double first = penalty.measure();
    EXPECT_EQ(penalty.measure(), first);
    return first;
  };
  EXPECT_GT(measured(clean), 0.1);
  // All features at zero and all biases, too: so is the code.
  EXPECT_EQ(measured(masked), 0);
}

}  // namespace
}  // namespace hourglass
