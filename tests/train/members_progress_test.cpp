#include "train/members_progress.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <thread>

namespace hourglass {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Progress moment(double fraction, double loss, double validation_loss = kNone) {
  Progress progress;
  progress.stage = "training";
  progress.fraction = fraction;
  progress.epoch = 1;
  progress.epochs = 10;
  progress.loss = loss;
  progress.validation_loss = validation_loss;
  progress.rows_per_second = 1000;
  return progress;
}

// What is told on by the caller's first report; those from other threads come before it.
struct Told {
  Told()
      : callback([this](const Progress& progress) {
          last = progress;
          ++times;
        }) {}
  Progress last;
  int times = 0;
  ProgressCallback callback;
};

TEST(MembersProgress, TellsFromTheCallersThreadAlone) {
  Told told;
  MembersProgress progress(told.callback, 2);
  std::thread([&] { progress.of_member(1)(moment(0.5, 3)); }).join();
  EXPECT_EQ(told.times, 0);
  progress.of_member(0)(moment(0.1, 1, 4));
  EXPECT_EQ(told.times, 1);
  EXPECT_NEAR(told.last.fraction, 0.3, 1e-12);
  EXPECT_EQ(told.last.epoch, 3);
  EXPECT_EQ(told.last.epochs, 10);
  EXPECT_EQ(told.last.loss, 2);
  EXPECT_EQ(told.last.validation_loss, 4);  // the other has none yet
  EXPECT_EQ(told.last.rows_per_second, 2000);
  EXPECT_GT(told.last.seconds_left, 0);
}

TEST(MembersProgress, CountsMembersThatStoppedEarlyAsDone) {
  Told told;
  MembersProgress progress(told.callback, 4);
  std::thread([&] { progress.of_member(1)(moment(0.2, 1)); }).join();
  progress.finished(1);
  progress.of_member(0)(moment(0, 1));
  EXPECT_NEAR(told.last.fraction, 0.25, 1e-12);
  EXPECT_EQ(told.last.rows_per_second, 1000);
}

TEST(MembersProgress, DoesNotCountPretraining) {
  Told told;
  MembersProgress progress(told.callback, 2);
  Progress before = moment(0.8, 1);
  before.stage = "pre-training layer 1 of 2";
  progress.of_member(0)(before);
  EXPECT_EQ(told.last.fraction, 0);
}

TEST(MembersProgress, StopsWhoReports) {
  const ProgressCallback nobody;
  MembersProgress progress(nobody, 2);
  const ProgressCallback report = progress.of_member(1);
  report(moment(0.1, 1));
  progress.stop();
  EXPECT_TRUE(progress.is_stopped());
  EXPECT_THROW(report(moment(0.2, 1)), MembersProgress::Stopped);
}

}  // namespace
}  // namespace hourglass
