#include "data/split.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace hourglass {
namespace {

TEST(Split, EveryRowIsOnOneSide) {
  for (const Index rows : {0, 1, 2, 3, 10, 1000}) {
    for (const double share : {0.0, 0.001, 0.1, 0.5, 0.999}) {
      const Split split = split_rows(rows, share, 7);
      std::vector<Index> all = split.training;
      all.insert(all.end(), split.validation.begin(), split.validation.end());
      std::ranges::sort(all);
      ASSERT_EQ(std::ssize(all), rows);
      for (Index r = 0; r < rows; ++r) EXPECT_EQ(all[static_cast<std::size_t>(r)], r);
      EXPECT_TRUE(std::ranges::is_sorted(split.training));
      EXPECT_TRUE(std::ranges::is_sorted(split.validation));
    }
  }
}

TEST(Split, SizesAreTheShareRounded) {
  EXPECT_EQ(split_rows(1000, 0.1, 0).validation.size(), 100u);
  EXPECT_EQ(split_rows(16, 0.1, 0).validation.size(), 2u);
  EXPECT_EQ(split_rows(3, 0.01, 0).validation.size(), 1u);
  EXPECT_EQ(split_rows(2, 0.999, 0).training.size(), 1u);
  EXPECT_TRUE(split_rows(1, 0.5, 0).validation.empty());
  EXPECT_TRUE(split_rows(100, 0, 0).validation.empty());
}

TEST(Split, IsAFunctionOfTheSeed) {
  EXPECT_EQ(split_rows(500, 0.2, 3).validation, split_rows(500, 0.2, 3).validation);
  EXPECT_NE(split_rows(500, 0.2, 3).validation, split_rows(500, 0.2, 4).validation);
}

TEST(Split, EveryRowIsEquallyLikely) {
  constexpr int kSeeds = 4000;
  std::vector<int> held_out(10);
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    for (const Index row : split_rows(10, 0.3, seed).validation) {
      ++held_out[static_cast<std::size_t>(row)];
    }
  }
  // Binomial with p = 0.3: five standard deviations are 145.
  for (const int count : held_out) EXPECT_NEAR(count, 0.3 * kSeeds, 145);
}

}  // namespace
}  // namespace hourglass
