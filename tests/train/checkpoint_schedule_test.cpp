#include "train/checkpoint_schedule.h"

#include <chrono>
#include <gtest/gtest.h>
#include <thread>

#include "base/error.h"

namespace hourglass {
namespace {

TEST(CheckpointSchedule, GoesByEpochs) {
  CheckpointSchedule schedule("3");
  EXPECT_FALSE(schedule.due(0));
  EXPECT_FALSE(schedule.due(2));
  EXPECT_TRUE(schedule.due(3));
}

TEST(CheckpointSchedule, GoesBySeconds) {
  CheckpointSchedule schedule("1s");
  EXPECT_FALSE(schedule.due(1000));
  std::this_thread::sleep_for(std::chrono::milliseconds(1050));
  EXPECT_TRUE(schedule.due(0));
  schedule.written(100);
  EXPECT_FALSE(schedule.due(0));
  std::this_thread::sleep_for(std::chrono::milliseconds(1050));
  EXPECT_TRUE(schedule.due(0));
}

TEST(CheckpointSchedule, RefusesWhatIsNoTime) {
  for (const char* every : {"0", "0s", "s", "-1", "1.5", "1.5s", "1m", " 1", "99999999999"}) {
    EXPECT_THROW(CheckpointSchedule{every}, Error) << every;
  }
}

}  // namespace
}  // namespace hourglass
