#include "base/random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

TEST(Philox, KnownAnswers) {
  // The vectors of Random123's kat_vectors for philox4x32 with 10 rounds.
  using Counter = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}),
            (Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

constexpr int kDraws = 200'000;

TEST(RandomStream, UniformHasItsMoments) {
  RandomStream stream(1, RandomPurpose::kProbe);
  double sum = 0, squares = 0, low = 1, high = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.uniform();
    sum += x;
    squares += x * x;
    low = std::min(low, x);
    high = std::max(high, x);
  }
  // Five standard errors: sd of x is 0.289, of x² 0.298.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * 0.289 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5 * 0.298 / std::sqrt(kDraws));
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_LT(low, 1e-3);
  EXPECT_GT(high, 1 - 1e-3);
}

TEST(RandomStream, UniformBetweenBounds) {
  RandomStream stream(1, RandomPurpose::kProbe);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double x = stream.uniform(-3, 5);
    ASSERT_GE(x, -3);
    ASSERT_LT(x, 5);
    sum += x;
  }
  EXPECT_NEAR(sum / 10'000, 1, 5 * 8 * 0.289 / 100);
}

TEST(RandomStream, NormalHasItsMoments) {
  RandomStream stream(2, RandomPurpose::kProbe);
  double moments[5] = {};
  double neighbours = 0, previous = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.normal();
    for (int k = 1; k <= 4; ++k) moments[k] += std::pow(x, k) / kDraws;
    neighbours += x * previous / kDraws;
    previous = x;
  }
  // Five standard errors each; the k-th power's variance is E x^2k − (E x^k)²: 1, 2, 15, 96.
  const double error = 5 / std::sqrt(kDraws);
  EXPECT_NEAR(moments[1], 0, error);
  EXPECT_NEAR(moments[2], 1, error * std::sqrt(2));
  EXPECT_NEAR(moments[3], 0, error * std::sqrt(15));
  EXPECT_NEAR(moments[4], 3, error * std::sqrt(96));
  EXPECT_NEAR(neighbours, 0, error);
}

TEST(RandomStream, BelowIsEven) {
  RandomStream stream(3, RandomPurpose::kProbe);
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) {
    const Index x = stream.below(7);
    ASSERT_GE(x, 0);
    ASSERT_LT(x, 7);
    ++counts[static_cast<std::size_t>(x)];
  }
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 5 * std::sqrt(10'000 * 6.0 / 7));
  EXPECT_EQ(stream.below(1), 0);
  // A bound near 2⁶² would show a bias of modulo reduction in a third of the draws.
  const Index large = Index{3} << 61;
  int below_half = 0;
  for (int i = 0; i < 10'000; ++i) below_half += stream.below(large) < large / 2;
  EXPECT_NEAR(below_half, 5000, 250);
}

TEST(RandomStream, IsAFunctionOfItsArgumentsAlone) {
  const auto first = [](std::uint64_t seed, RandomPurpose purpose, std::uint64_t a,
                        std::uint64_t b) { return RandomStream(seed, purpose, a, b).next(); };
  const auto base = first(9, RandomPurpose::kShuffle, 4, 5);
  EXPECT_EQ(base, first(9, RandomPurpose::kShuffle, 4, 5));
  EXPECT_NE(base, first(10, RandomPurpose::kShuffle, 4, 5));
  EXPECT_NE(base, first(9 + (std::uint64_t{1} << 40), RandomPurpose::kShuffle, 4, 5));
  EXPECT_NE(base, first(9, RandomPurpose::kSplit, 4, 5));
  EXPECT_NE(base, first(9, RandomPurpose::kShuffle, 5, 5));
  EXPECT_NE(base, first(9, RandomPurpose::kShuffle, 4, 4));
}

TEST(RandomPermutation, IsOneAndFollowsTheSeed) {
  for (const Index n : {0, 1, 2, 10, 1000}) {
    std::vector<Index> order = random_permutation(n, {5, RandomPurpose::kShuffle});
    EXPECT_EQ(order, random_permutation(n, {5, RandomPurpose::kShuffle}));
    if (n >= 10) {
      EXPECT_NE(order, random_permutation(n, {6, RandomPurpose::kShuffle}));
    }
    std::ranges::sort(order);
    for (Index i = 0; i < n; ++i) ASSERT_EQ(order[static_cast<std::size_t>(i)], i);
  }
}

TEST(RandomPermutation, AllOrdersAreEquallyLikely) {
  std::vector<int> counts(27);
  for (std::uint64_t seed = 0; seed < 12'000; ++seed) {
    const auto order = random_permutation(3, {seed, RandomPurpose::kShuffle});
    ++counts[static_cast<std::size_t>(order[0] * 9 + order[1] * 3 + order[2])];
  }
  EXPECT_EQ(std::ranges::count_if(counts, [](int count) { return count > 0; }), 6);
  for (const int count : counts) {
    if (count > 0) {
      EXPECT_NEAR(count, 2000, 5 * std::sqrt(2000 * 5.0 / 6));
    }
  }
}

}  // namespace
}  // namespace hourglass
