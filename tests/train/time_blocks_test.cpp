#include "train/time_blocks.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

Index size_of(const std::vector<Range>& parts) {
  Index size = 0;
  for (const Range& part : parts) size += part.size();
  return size;
}

// 0 for a gap, else the number of kinds (one) that a step is of, told apart.
std::vector<int> kinds(const TimeBlocks& blocks, Index steps) {
  std::vector<int> kind(static_cast<std::size_t>(steps), 0);
  const auto mark = [&](const std::vector<Range>& parts, int number) {
    for (const Range& part : parts) {
      for (Index i = part.begin; i < part.end; ++i) {
        EXPECT_EQ(kind[static_cast<std::size_t>(i)], 0);
        kind[static_cast<std::size_t>(i)] = number;
      }
    }
  };
  mark(blocks.training, 1);
  mark(blocks.validation, 2);
  mark(blocks.calibration, 3);
  return kind;
}

class DealTime : public testing::TestWithParam<Index> {};

TEST_P(DealTime, KeepsAGapBetweenBlocksOfTwoKinds) {
  constexpr Index kGap = 10;
  const Index steps = GetParam();
  const TimeBlocks blocks = deal_time({{0, steps}}, 0.1, 0.1, kGap);
  const std::vector<int> kind = kinds(blocks, steps);
  int last = 0;
  Index last_at = 0;
  for (Index i = 0; i < steps; ++i) {
    const int now = kind[static_cast<std::size_t>(i)];
    if (now == 0) continue;
    if (last != 0 && now != last) {
      EXPECT_GT(i - last_at, kGap) << "at step " << i;
    }
    last = now;
    last_at = i;
  }
  EXPECT_GE(2 * size_of(blocks.training), steps);
  EXPECT_GT(size_of(blocks.validation), 0);
  EXPECT_GT(size_of(blocks.calibration), 0);
}

INSTANTIATE_TEST_SUITE_P(Lengths, DealTime, testing::Values(100, 479, 480, 1000, 4801, 100'000));

TEST(DealTimeOfFewSteps, IsAllTraining) {
  const TimeBlocks blocks = deal_time({{5, 50}}, 0.1, 0.1, 10);
  ASSERT_EQ(blocks.training.size(), 1U);
  EXPECT_EQ(blocks.training[0].size(), 45);
  EXPECT_TRUE(blocks.validation.empty());
  EXPECT_TRUE(blocks.calibration.empty());
}

TEST(FoldOfTime, DealsAllStepsOutInEveryRound) {
  std::vector<int> folds_of_step(103);
  for (Index fold = 0; fold < 5; ++fold) {
    const std::vector<Range> blocks = fold_of_time(fold, 5, 103, 3);
    ASSERT_EQ(blocks.size(), 3U);
    for (std::size_t round = 0; round < 3; ++round) {
      const auto first = static_cast<Index>(round) * 103 / 3;
      EXPECT_GE(blocks[round].begin, first);
      EXPECT_LE(blocks[round].end, first + 35);
      for (Index step = blocks[round].begin; step < blocks[round].end; ++step) {
        ++folds_of_step[static_cast<std::size_t>(step)];
      }
    }
  }
  EXPECT_EQ(folds_of_step, std::vector<int>(103, 1));
}

TEST(TimeAround, LeavesAGapOnEitherSide) {
  const std::vector<Range> middle = time_around({{40, 60}}, 100, 10);
  ASSERT_EQ(middle.size(), 2U);
  EXPECT_EQ(middle[0].end, 30);
  EXPECT_EQ(middle[1].begin, 70);
  const std::vector<Range> first = time_around({{0, 20}}, 100, 10);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].begin, 30);
}

TEST(TimeAround, LeavesOutWhatLiesBetweenTwoGaps) {
  const std::vector<Range> around = time_around({{20, 30}, {45, 50}, {80, 100}}, 100, 10);
  ASSERT_EQ(around.size(), 2U);
  EXPECT_EQ(around[0].begin, 0);
  EXPECT_EQ(around[0].end, 10);
  EXPECT_EQ(around[1].begin, 60);
  EXPECT_EQ(around[1].end, 70);
}

}  // namespace
}  // namespace hourglass
