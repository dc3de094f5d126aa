// Corruption on its way into training and validation.

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <memory>
#include <utility>

#include "data/test_table.h"
#include "model/settings.h"
#include "network/inference.h"
#include "train/batch_feed.h"
#include "train/evaluate.h"
#include "train/fit.h"

namespace hourglass {
namespace {

constexpr Index kRows = 70;
constexpr Index kCols = 5;

// Numbers told apart by their place, some of them missing.
Table numbered_table(bool with_holes) {
  std::vector<double> values;
  for (Index i = 0; i < kRows * kCols; ++i) {
    const bool hole = with_holes && i % 11 == 3;
    values.push_back(hole ? std::numeric_limits<double>::quiet_NaN() : std::sin(0.7 * double(i)));
  }
  return make_table(kCols, values);
}

struct Setting {
  explicit Setting(const Settings& settings, bool with_holes = false)
      : table(numbered_table(with_holes)), spec(spec_from_settings(settings)) {
    encoding = learn_encoding(table, all_rows(table), {}, nullptr);
    resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
    corruptor = Corruptor(spec.corruptions, encoding, spec.seed, nullptr, spec.holes_alone);
  }
  Samples samples(bool with_mask = false, Index memory_limit_bytes = 1 << 20) const {
    return Samples(table, encoding, all_rows(table), memory_limit_bytes, with_mask);
  }
  Network<float> network() const {
    Network<float> network(network_of(spec, kCols));
    network.initialise(1);
    return network;
  }

  Table table;
  ModelSpec spec;
  Encoding encoding;
  Corruptor corruptor;
};

// From memory, and from disk.
TEST(BatchFeed, CorruptsTheInputAndLeavesTargetAndMaskAlone) {
  const Setting setting({{"corrupt", "gaussian:0.5"}, {"batch_size", "32"}}, true);
  for (const Index memory : {Index{1} << 20, Index{1}}) {
    const Samples samples = setting.samples(true, memory);
    ASSERT_EQ(samples.in_memory(), memory > 1);
    Network<float> network = setting.network();
    ThreadPool pool(2);
    TrainingPlan<float> plan(network, setting.spec.step, 32, pool);
    BatchFeed feed(plan, samples, 32, 0, setting.corruptor, pool);
    BatchSequence clean(samples, 32, 0);
    feed.start_epoch(1);
    clean.start_epoch(1);
    Index seen = 0;
    for (Index rows = feed.next(); rows > 0; rows = feed.next()) {
      plan.loss_and_gradients(rows, {});
      const MatrixView<const float> expected = clean.next();
      ASSERT_EQ(rows, expected.rows);
      for (Index r = 0; r < rows; ++r) {
        for (Index c = 0; c < kCols; ++c) {
          EXPECT_EQ(plan.target().at(r, c), expected.at(r, c));
          EXPECT_NE(plan.input().at(r, c), expected.at(r, c));
          EXPECT_EQ(plan.mask().at(r, c), clean.mask().at(r, c));
        }
      }
      seen += rows;
    }
    EXPECT_EQ(seen, kRows);
  }
}

// The input is of the samples shown, row by row, corrupted on top where that is asked for.
TEST(BatchFeed, ShowsOthersInTheirPlace) {
  for (const char* corrupt : {"none", "gaussian:0.1"}) {
    const Setting setting({{"corrupt", corrupt}, {"batch_size", "32"}});
    for (const Index memory : {Index{1} << 20, Index{1}}) {
      Samples samples = setting.samples(false, memory);
      const std::vector<Index> reversed = [] {
        std::vector<Index> rows;
        for (Index row = kRows; row > 0; --row) rows.push_back(row - 1);
        return rows;
      }();
      const auto others =
          std::make_shared<const Samples>(setting.table, setting.encoding, reversed, memory, false);
      samples.show(others);
      Network<float> network = setting.network();
      ThreadPool pool(2);
      TrainingPlan<float> plan(network, setting.spec.step, 32, pool);
      BatchFeed feed(plan, samples, 32, 0, setting.corruptor, pool);
      BatchSequence wanted(samples, 32, 0), shown(*others, 32, 0);
      feed.start_epoch(1);
      wanted.start_epoch(1);
      shown.start_epoch(1);
      feed.skip(1);
      wanted.next();
      shown.next();
      Index seen = 0;
      for (Index rows = feed.next(); rows > 0; rows = feed.next()) {
        plan.loss_and_gradients(rows, {});
        const MatrixView<const float> target = wanted.next(), input = shown.next();
        for (Index r = 0; r < rows; ++r) {
          for (Index c = 0; c < kCols; ++c) {
            EXPECT_EQ(plan.target().at(r, c), target.at(r, c));
            const float off = plan.input().at(r, c) - input.at(r, c);
            EXPECT_EQ(off != 0, !setting.corruptor.empty());
            EXPECT_LT(std::abs(off), 0.6);
          }
        }
        seen += rows;
      }
      EXPECT_EQ(seen, kRows - 32);
    }
  }
}

// As it would be of samples that are the ones shown, but for the errors to the clean ones.
TEST(Evaluate, ReconstructsWhatIsShown) {
  const Setting setting({{"batch_size", "32"}, {"seed", "1"}});
  const auto network = std::make_shared<const Network<float>>(setting.network());
  ThreadPool pool(2);
  Samples clean = setting.samples();
  Matrix<float> noisy(kRows, kCols);
  clean.read(0, kRows, noisy.data(), nullptr);
  for (Index i = 0; i < kRows * kCols; ++i) noisy.data()[i] += i % 2 == 0 ? 1.0F : -1.0F;
  Matrix<float> outputs(kRows, kCols);
  Inference<float>(*network, false, pool).reconstruct(std::as_const(noisy).view(), outputs.view());
  double sum = 0;
  for (Index i = 0; i < kRows * kCols; ++i) {
    const double off = double(outputs.data()[i]) - double(clean.matrix().data[i]);
    sum += off * off;
  }
  const double apart = evaluate(*network, setting.spec.step, clean, nullptr, pool).loss;
  clean.show(std::make_shared<const Samples>(std::move(noisy)));
  const Evaluation found = evaluate(*network, setting.spec.step, clean, nullptr, pool);
  EXPECT_NEAR(found.mean_squared_error, sum / (kRows * kCols), 1e-6);
  EXPECT_NE(found.loss, apart);
  const Evaluation two = evaluate(Networks{network, network}, setting.spec.step, clean, pool);
  EXPECT_NEAR(two.mean_squared_error, found.mean_squared_error, 1e-6);
}

// What is cut out counts, unless it was missing before; from memory and from disk.
TEST(BatchFeed, LetsHolesAloneCount) {
  for (const bool with_missing : {false, true}) {
    const Setting setting(
        {{"corrupt", "masking:0.4"}, {"holes_alone", "true"}, {"batch_size", "32"}}, with_missing);
    for (const Index memory : {Index{1} << 20, Index{1}}) {
      const Samples samples = setting.samples(with_missing, memory);
      Network<float> network = setting.network();
      ThreadPool pool(2);
      TrainingPlan<float> plan(network, setting.spec.step, 32, pool);
      BatchFeed feed(plan, samples, 32, 0, setting.corruptor, pool);
      feed.start_epoch(1);
      Index counted = 0, holes = 0;
      for (Index rows = feed.next(); rows > 0; rows = feed.next()) {
        plan.loss_and_gradients(rows, {});
        for (Index r = 0; r < rows; ++r) {
          for (Index c = 0; c < kCols; ++c) {
            // A missing cell is 0 before and after.
            const bool hole = plan.input().at(r, c) == 0 && plan.target().at(r, c) != 0;
            EXPECT_EQ(plan.mask().at(r, c), hole ? 1 : 0);
            counted += plan.mask().at(r, c) != 0 ? 1 : 0;
            holes += hole ? 1 : 0;
          }
        }
      }
      EXPECT_EQ(counted, holes);
      EXPECT_NEAR(double(counted) / (kRows * kCols), 0.4, 0.13);
    }
  }
}

TEST(Evaluate, LetsHolesAloneCount) {
  const Setting setting({{"corrupt", "masking:0.4"}, {"holes_alone", "true"}});
  const Samples samples = setting.samples();
  Network<float> network = setting.network();
  ThreadPool pool(1);
  const double alone = evaluate(network, setting.spec.step, samples, &setting.corruptor, pool).loss;
  // By hand, of the same damage.
  Matrix<float> damaged(kRows, kCols), mask(kRows, kCols), made(kRows, kCols);
  std::fill_n(mask.data(), kRows * kCols, 1.0f);
  BlockCorruptor(setting.corruptor, kCols, pool)
      .corrupt(samples.matrix(), damaged.view(), {0, 0}, mask.view());
  Inference<float>(network, false, pool).reconstruct(damaged, made.view());
  double sum = 0, count = 0;
  for (Index i = 0; i < kRows * kCols; ++i) {
    if (mask.data()[i] == 0) continue;
    const double error = double(made.data()[i]) - double(samples.matrix().data[i]);
    sum += error * error;
    count += 1;
  }
  EXPECT_NEAR(alone, sum / count, 1e-6);
}

TEST(BatchFeed, DrawsAnewForEachBatchAndEpochAndAgainTheSame) {
  const Setting setting({{"corrupt", "gaussian:0.5"}, {"batch_size", "32"}});
  const Samples samples = setting.samples();
  Network<float> network = setting.network();
  ThreadPool pool(1);
  TrainingPlan<float> plan(network, setting.spec.step, 32, pool);
  BatchFeed feed(plan, samples, 32, 0, setting.corruptor, pool);
  const auto noise = [&] { return plan.input().at(0, 0) - plan.target().at(0, 0); };
  std::vector<float> drawn;
  for (const Index epoch : {1, 2, 1}) {
    feed.start_epoch(epoch);
    for (int batch = 0; batch < 2; ++batch) {
      plan.loss_and_gradients(feed.next(), {});
      drawn.push_back(noise());
    }
  }
  // The samples differ too, so that equal noise would be equal but for rounding.
  EXPECT_GT(std::abs(drawn[0] - drawn[1]), 1e-4f);
  EXPECT_GT(std::abs(drawn[0] - drawn[2]), 1e-4f);
  EXPECT_EQ(drawn[0], drawn[4]);
  EXPECT_EQ(drawn[1], drawn[5]);
}

TEST(Denoising, ValidationSeesTheSameCorruptionInEveryEpoch) {
  // A rate so small that no weight moves.
  const Setting setting({{"corrupt", "gaussian:0.5"},
                         {"lr", "1e-30"},
                         {"schedule", "constant"},
                         {"epochs", "4"},
                         {"patience", "0"}});
  const Samples samples = setting.samples();
  Network<float> network = setting.network();
  ThreadPool pool(1);
  const FitResult result =
      fit(network, setting.spec, samples, &samples, setting.corruptor, pool, {});
  ASSERT_EQ(result.history.size(), 4U);
  for (std::size_t epoch = 1; epoch < 4; ++epoch) {
    EXPECT_EQ(result.history[epoch].validation_loss, result.history[0].validation_loss);
    EXPECT_NE(result.history[epoch].running_loss, result.history[0].running_loss);
  }
  const double clean = evaluate(network, setting.spec.step, samples, nullptr, pool).loss;
  EXPECT_NE(result.history[0].validation_loss, clean);
  EXPECT_EQ(result.history[0].validation_loss,
            evaluate(network, setting.spec.step, samples, &setting.corruptor, pool).loss);
}

TEST(Denoising, IsTheSameForAnyNumberOfThreads) {
  const Setting setting({{"corrupt", "gaussian:0.2-0.5,masking:0.2"}, {"epochs", "3"}}, true);
  const Samples samples = setting.samples(true);
  std::vector<double> losses;
  for (const int threads : {1, 2, 5}) {
    Network<float> network = setting.network();
    ThreadPool pool(threads);
    const FitResult result =
        fit(network, setting.spec, samples, &samples, setting.corruptor, pool, {});
    losses.push_back(result.history.back().validation_loss);
  }
  EXPECT_EQ(losses[0], losses[1]);
  EXPECT_EQ(losses[0], losses[2]);
}

}  // namespace
}  // namespace hourglass
