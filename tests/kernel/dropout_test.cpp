#include "kernel/dropout.h"

#include <cmath>

#include "kernel/testing.h"

namespace hourglass {
namespace {

double kept_share(const DropoutMask& mask, Index rows, Index cols) {
  Index kept = 0;
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < cols; ++c) kept += keeps(mask, r, c);
  }
  return double(kept) / double(rows * cols);
}

TEST(Dropout, DropsTheShareAskedFor) {
  for (const double rate : {0.0, 0.1, 0.5, 0.9}) {
    const double n = 200 * 200;
    EXPECT_NEAR(kept_share({rate, 5, 3, 1}, 200, 200), 1 - rate,
                5 * std::sqrt(rate * (1 - rate) / n));
  }
}

TEST(Dropout, ScalesWhatItKeepsAndIsTheSameHoweverItIsCut) {
  RandomStream random(1, RandomPurpose::kSample);
  const auto x = random_panels<float>(11, 37, random, 1, 2);
  const DropoutMask mask = {0.25, 7, 100, 2};
  auto whole = garbage<float>(11, 37), cut = garbage<float>(11, 37);
  dropout<float>(mask, x.view(), whole.view(), {0, 11});
  dropout<float>(mask, x.view(), cut.view(), {6, 11});
  dropout<float>(mask, x.view(), cut.view(), {0, 6});
  EXPECT_TRUE(equal_bits(whole, cut));
  EXPECT_TRUE(padding_is_zero(whole.view()));
  for (Index r = 0; r < 11; ++r) {
    for (Index c = 0; c < 37; ++c) {
      const float expected = keeps(mask, r, c) ? x.view().at(r, c) * float(1 / 0.75) : 0.0f;
      EXPECT_EQ(whole.view().at(r, c), expected);
    }
  }
}

TEST(Dropout, SeedStepAndLayerEachChangeTheMask) {
  const DropoutMask base = {0.5, 1, 1, 1};
  for (const DropoutMask& other :
       {DropoutMask{0.5, 2, 1, 1}, DropoutMask{0.5, 1, 2, 1}, DropoutMask{0.5, 1, 1, 2}}) {
    int equal = 0;
    for (Index r = 0; r < 100; ++r) {
      for (Index c = 0; c < 100; ++c) equal += keeps(base, r, c) == keeps(other, r, c);
    }
    EXPECT_NEAR(equal, 5000, 250);  // independent masks agree half the time (5 deviations)
  }
}

}  // namespace
}  // namespace hourglass
