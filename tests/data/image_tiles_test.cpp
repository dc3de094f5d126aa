#include "data/image_tiles.h"

#include <gtest/gtest.h>

#include "data/test_table.h"

namespace hourglass {
namespace {

using Shape = std::vector<Index>;

std::vector<double> counted(Index size) {
  std::vector<double> image;
  for (Index i = 0; i < size; ++i) image.push_back(static_cast<double>(i) + 1);
  return image;
}

TEST(ImageTiling, TilesBlendBackToTheImageTheyWereCutFrom) {
  for (const Shape& image_shape : {Shape{7, 11}, Shape{4, 4}, Shape{9, 5}, Shape{3, 2}, Shape{1, 1},
                                   Shape{2, 30}, Shape{6, 4}}) {
    for (const Index channels : {1, 3}) {
      Shape of_image = image_shape, of_tile = {5, 4};
      if (channels > 1) {
        of_image.push_back(channels);
        of_tile.push_back(channels);
      }
      const ImageTiling tiling(of_image, of_tile);
      const std::vector<double> image = counted(tiling.image_values());
      std::vector<float> blended(image.size());
      std::vector<double> tile(static_cast<std::size_t>(tiling.tile_values()));
      for (Index i = 0; i < tiling.tiles(); ++i) {
        tiling.cut(image.data(), i, tile.data());
        const std::vector<float> same(tile.begin(), tile.end());
        tiling.blend(same.data(), i, blended.data());
      }
      for (std::size_t i = 0; i < image.size(); ++i) {
        EXPECT_NEAR(blended[i], image[i], 1e-4) << image_shape[0] << " x " << image_shape[1];
      }
    }
  }
}

TEST(ImageTiling, ASmallImageIsContinuedByItsMirrorImage) {
  const ImageTiling tiling({1, 3}, {2, 8});
  ASSERT_EQ(tiling.tiles(), 1);
  const std::vector<double> image = {1, 2, 3};
  std::vector<double> tile(16);
  tiling.cut(image.data(), 0, tile.data());
  EXPECT_EQ(tile, (std::vector<double>{1, 2, 3, 3, 2, 1, 1, 2, 1, 2, 3, 3, 2, 1, 1, 2}));
}

// What two tiles say of the same pixel counts the more the farther from their borders.
TEST(ImageTiling, TilesFadeIntoEachOther) {
  const ImageTiling tiling({1, 6}, {1, 4});
  ASSERT_EQ(tiling.tiles(), 2);
  std::vector<float> blended(6);
  tiling.blend(std::vector<float>(4, 0.0F).data(), 0, blended.data());
  tiling.blend(std::vector<float>(4, 3.0F).data(), 1, blended.data());
  EXPECT_EQ(blended, (std::vector<float>{0, 0, 1, 2, 3, 3}));
}

TEST(ImageTiling, StoresGiveTilesInAnyOrder) {
  const Table table = make_table(12, counted(24));
  const ImageTiling tiling({3, 4}, {2, 2});
  const auto store = tiles_of(table.store, tiling);
  ASSERT_EQ(store->rows(), 2 * tiling.tiles());
  ASSERT_EQ(store->cols(), 4);
  std::vector<double> all(static_cast<std::size_t>(store->rows() * 4));
  store->read(0, store->rows(), all.data());
  EXPECT_EQ((std::vector<double>{all.begin(), all.begin() + 4}), (std::vector<double>{1, 2, 5, 6}));
  const std::vector<Index> rows = {7, 3, 6};
  std::vector<double> some(12);
  store->gather(rows.data(), 3, some.data());
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(some[i], all[static_cast<std::size_t>(rows[i / 4] * 4) + i % 4]);
  }
}

TEST(ImageTiling, IsForImagesOfOtherSizesAlone) {
  EXPECT_TRUE(differ_in_size_alone({3, 4}, {5, 4}));
  EXPECT_TRUE(differ_in_size_alone({3, 4, 1}, {5, 4}));
  EXPECT_FALSE(differ_in_size_alone({3, 4}, {3, 4}));
  EXPECT_FALSE(differ_in_size_alone({3, 4, 3}, {5, 4}));
  EXPECT_FALSE(differ_in_size_alone({12}, {5, 4}));
}

}  // namespace
}  // namespace hourglass
