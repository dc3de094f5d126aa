#include "data/tile_axis.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

// Wherever tiles lie, together they are the whole of every position.
TEST(TileAxis, CoversEveryPositionWhollyAtMultiplesOfItsAlignment) {
  for (const Index extent : {1, 3, 4, 7, 8, 9, 20, 21, 23, 40}) {
    const TileAxis axis(extent, 8, 4, 4);
    std::vector<double> covered(static_cast<std::size_t>(extent));
    for (Index tile = 0; tile < axis.count(); ++tile) {
      EXPECT_EQ(axis.start(tile) % 4, 0);
      for (Index i = 0; i < axis.inside(tile); ++i) {
        covered[static_cast<std::size_t>(axis.start(tile) + i)] +=
            static_cast<double>(axis.shares_of(tile)[i]);
      }
    }
    for (const double share : covered) EXPECT_NEAR(share, 1, 1e-6) << extent;
    EXPECT_LT(axis.start(axis.count() - 1) + 8 - extent, extent < 8 ? 8 : 4) << extent;
  }
}

// Where two tiles cover a position and it lies in the margin of one, the other has it alone.
TEST(TileAxis, MarginsCountOnlyWhereNothingElseDoes) {
  const TileAxis axis(14, 10, 4, 1, 2);
  ASSERT_EQ(axis.count(), 2);
  EXPECT_EQ(axis.shares_of(0)[0], 1);
  EXPECT_NEAR(axis.shares_of(0)[9], 0, 1e-5);
  EXPECT_NEAR(axis.shares_of(1)[5], 1, 1e-5);
  EXPECT_NEAR(axis.shares_of(1)[0], 0, 1e-5);
}

TEST(TileAxis, OneTileIsEnoughForAShortLine) {
  EXPECT_EQ(TileAxis(8, 8, 4).count(), 1);
  EXPECT_EQ(TileAxis(9, 8, 4).starts, (std::vector<Index>{0, 1}));
}

}  // namespace
}  // namespace hourglass
