#include "train/fit_members.h"

#include <cmath>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/test_table.h"
#include "model/ensemble.h"
#include "model/settings.h"

namespace hourglass {
namespace {

constexpr Index kRows = 200;
constexpr Index kCols = 6;

// Some members ready to learn the same rows, kept in memory or not.
struct Trial {
  explicit Trial(const Settings& more, bool in_memory = true) {
    Settings settings = {{"hidden", "12"},        {"latent_dim", "3"}, {"epochs", "6"},
                         {"batch_size", "16"},    {"lr", "0.01"},      {"patience", "2"},
                         {"dropout", "0.1"},      {"seed", "4"},       {"corrupt", "gaussian:0.1"},
                         {"schedule", "constant"}};
    settings.insert(settings.end(), more.begin(), more.end());
    ModelSpec spec = spec_from_settings(settings);
    std::vector<double> values;
    for (Index i = 0; i < kRows * kCols; ++i) values.push_back(std::sin(0.7 * double(i)));
    table = make_table(kCols, values);
    encoding = learn_encoding(table, all_rows(table), {}, nullptr);
    resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
    const Index memory = in_memory ? Index{1} << 20 : 0;
    std::vector<Index> training, validation;
    for (Index r = 0; r < kRows; ++r) (r % 5 == 0 ? validation : training).push_back(r);
    samples = std::make_shared<const Samples>(table, encoding, training, memory, false);
    held_out = std::make_shared<const Samples>(table, encoding, validation, memory, false);
    for (Index i = 0; i < spec.ensemble; ++i) {
      Member member;
      member.spec = member_spec(spec, i);
      member.network = std::make_shared<Network<float>>(network_of(member.spec, kCols));
      member.network->initialise(member.spec.seed);
      member.corruptor = Corruptor(spec.corruptions, encoding, member.spec.seed, nullptr);
      members.push_back(std::move(member));
    }
  }

  void fit(int threads, const ProgressCallback& progress = {}) {
    ThreadPool pool(threads);
    const bool pretrains = members.front().spec.pretrain_epochs > 0;
    const auto of_member = [this](Index) { return samples; };
    const auto validation = [this](Index) { return held_out; };
    fit_members(members,
                {of_member, samples->in_memory(), validation, pretrains ? &*samples : nullptr},
                pool, progress);
  }

  Table table;
  Encoding encoding;
  std::shared_ptr<const Samples> samples, held_out;
  std::vector<Member> members;
};

std::vector<float> numbers(const Member& member) {
  std::vector<float> all;
  for (const NamedTensor& tensor : member.network->tensors()) {
    all.insert(all.end(), tensor.values.begin(), tensor.values.end());
  }
  return all;
}

void expect_the_same(const Trial& a, const Trial& b) {
  ASSERT_EQ(a.members.size(), b.members.size());
  for (std::size_t m = 0; m < a.members.size(); ++m) {
    EXPECT_EQ(numbers(a.members[m]), numbers(b.members[m])) << "member " << m;
    const FitResult &x = a.members[m].fit, &y = b.members[m].fit;
    EXPECT_EQ(x.best_epoch, y.best_epoch);
    EXPECT_EQ(x.samples, y.samples);
    ASSERT_EQ(x.history.size(), y.history.size());
    for (std::size_t e = 0; e < x.history.size(); ++e) {
      EXPECT_EQ(x.history[e].running_loss, y.history[e].running_loss);
      EXPECT_EQ(x.history[e].validation_loss, y.history[e].validation_loss);
    }
  }
}

TEST(FitMembers, TheFirstComesOutAsItWouldAlone) {
  Trial five(Settings{{"ensemble", "5"}});
  Trial alone(Settings{});
  five.fit(2);
  alone.fit(2);
  EXPECT_EQ(numbers(five.members[0]), numbers(alone.members[0]));
  EXPECT_EQ(five.members[0].fit.best_epoch, alone.members[0].fit.best_epoch);
  for (std::size_t m = 1; m < 5; ++m) {
    EXPECT_NE(numbers(five.members[m]), numbers(five.members[m - 1]));
  }
}

// One thread, a thread a member, more threads than members, and members one after the other
// because the samples are not in memory.
TEST(FitMembers, ComeOutTheSameHoweverTheyAreRun) {
  for (const char* pretraining : {"0", "2"}) {
    const Settings settings = {
        {"ensemble", "4"}, {"ensemble_widths", "1,0.5"}, {"pretrain_epochs", pretraining}};
    Trial expected(settings);
    expected.fit(1);
    for (const int threads : {2, 3, 7}) {
      Trial trial(settings);
      trial.fit(threads);
      expect_the_same(trial, expected);
    }
  }
}

TEST(FitMembers, ComeOutTheSameFromRowsOnDiskForAnyNumberOfThreads) {
  Trial expected(Settings{{"ensemble", "3"}}, false);
  expected.fit(1);
  Trial trial(Settings{{"ensemble", "3"}}, false);
  trial.fit(3);
  expect_the_same(trial, expected);
}

// Steps so large that two members would leave threads idle: one after the other on all of them.
TEST(FitMembers, ComeOutTheSameWhereStepsAreLarge) {
  const Settings settings = {{"ensemble", "2"},
                             {"hidden", "512,512"},
                             {"batch_size", "160"},
                             {"epochs", "2"},
                             {"dropout", "0"}};
  Trial expected(settings);
  expected.fit(1);
  Trial trial(settings);
  trial.fit(4);
  expect_the_same(trial, expected);
}

TEST(FitMembers, StopEarlyEachByItself) {
  Trial trial(Settings{{"ensemble", "6"}, {"epochs", "60"}, {"lr", "0.03"}});
  trial.fit(2);
  std::set<Index> epochs;
  Index samples = 0;
  for (const Member& member : trial.members) {
    epochs.insert(std::ssize(member.fit.history));
    samples += member.fit.samples;
    EXPECT_EQ(member.fit.samples, std::ssize(member.fit.history) * 160);
  }
  EXPECT_GT(epochs.size(), 1U);
  const FitResult all = fit_of_all(trial.members, 2);
  EXPECT_EQ(std::ssize(all.history), *epochs.rbegin());
  EXPECT_EQ(all.samples, samples);
  EXPECT_EQ(all.samples_per_second, double(samples) / 2);
}

std::string error_of(const std::function<void()>& work, ErrorKind kind) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    return error.what();
  }
  return "(none)";
}

// The others would go on for minutes.
TEST(FitMembers, OneThatFailsStopsTheOthers) {
  for (const int threads : {1, 2}) {
    Trial trial(Settings{{"ensemble", "3"}, {"epochs", "1000000"}, {"patience", "0"}});
    trial.members[1].spec.learning_rate = 1e30;
    if (threads == 1) std::swap(trial.members[0], trial.members[1]);
    const std::string message = error_of([&] { trial.fit(threads); }, ErrorKind::kFailed);
    EXPECT_NE(message.find("training diverged"), std::string::npos) << message;
  }
}

TEST(FitMembers, AllStopWhenInterrupted) {
  Trial trial(Settings{{"ensemble", "3"}, {"epochs", "1000000"}, {"patience", "0"}});
  const auto interrupt = [](const Progress&) { request_interrupt(SIGINT); };
  EXPECT_NE(error_of([&] { trial.fit(2, interrupt); }, ErrorKind::kInterrupted), "(none)");
  clear_interrupt();
}

TEST(FitMembers, AnErrorOfTheCallersStopsAll) {
  Trial trial(Settings{{"ensemble", "3"}, {"epochs", "1000000"}, {"patience", "0"}});
  const auto refuse = [](const Progress&) { throw std::runtime_error("enough"); };
  EXPECT_THROW(trial.fit(2, refuse), std::runtime_error);
}

TEST(FitMembers, TellOfThemselvesAsOne) {
  Trial trial(Settings{{"ensemble", "4"}, {"epochs", "300"}, {"patience", "0"}});
  const std::thread::id caller = std::this_thread::get_id();
  double fraction = 0;
  Index told = 0;
  trial.fit(2, [&](const Progress& moment) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(moment.stage, "training");
    EXPECT_GE(moment.fraction, fraction);
    EXPECT_LE(moment.fraction, 1.0000001);
    EXPECT_EQ(moment.epochs, 300);
    EXPECT_GT(moment.loss, 0);
    // All of them have so far done this much of their epochs, on average.
    EXPECT_NEAR(double(moment.epoch), moment.fraction * 300, 1.001);
    fraction = moment.fraction;
    ++told;
  });
  EXPECT_GT(told, 0);
}

}  // namespace
}  // namespace hourglass
