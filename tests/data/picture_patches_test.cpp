#include "data/picture_patches.h"

#include <algorithm>
#include <set>

#include "data/image_file.h"
#include "data/samples.h"
#include "image_files.h"
#include "kernel/elementwise.h"
#include "reader_files.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

Image ramp(Index height, Index width, Index channels = 1) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(static_cast<float>(i) / 255.0F);
  }
  return image;
}

std::shared_ptr<const Pictures> pictures_of(const std::vector<Image>& images,
                                            const ReadOptions& options = {}) {
  PictureCollector collector(options);
  for (const Image& image : images) collector.add(image, "x");
  return collector.finish();
}

std::vector<float> patch_of(const DrawnPatches& patches, Index epoch, Index position) {
  std::vector<float> patch(static_cast<std::size_t>(patches.features())), room(patch.size());
  patches.draw(epoch, position, patch.data(), room.data());
  return patch;
}

TEST(Pictures, KeepTheirBitsAndAreMirroredBeyondTheirBorders) {
  const Image fine = chequered(3, 4, 1, 16);
  const auto pictures = pictures_of({ramp(2, 3), fine});
  EXPECT_EQ(pictures->count(), 2);
  EXPECT_EQ(pictures->channels(), 1);
  std::vector<float> pixels(15);
  pictures->read(0, 0, 0, 3, 5, pixels.data());
  for (float& pixel : pixels) pixel = std::round(pixel * 255);
  EXPECT_EQ(pixels, (std::vector<float>{0, 1, 2, 2, 1, 3, 4, 5, 5, 4, 3, 4, 5, 5, 4}));
  std::vector<float> same(12);
  pictures->read(1, 0, 0, 3, 4, same.data());
  EXPECT_EQ(same, fine.pixels);
}

TEST(Pictures, ColourBesideGreyBecomesItsBrightness) {
  Image red;
  red.height = red.width = 1;
  red.channels = 3;
  red.pixels = {1, 0, 0};
  const auto mixed = pictures_of({ramp(1, 1), red});
  EXPECT_EQ(mixed->channels(), 1);
  float pixel = 0;
  mixed->read(1, 0, 0, 1, 1, &pixel);
  EXPECT_FLOAT_EQ(pixel, 0.299F);
  EXPECT_EQ(pictures_of({red})->channels(), 3);
}

TEST(Pictures, AreTheSameFromDisk) {
  ReadOptions small;
  small.memory_limit_bytes = 4;
  small.scratch_folder = fs::temp_directory_path();
  const Image image = chequered(9, 7, 3);
  const DrawnPatches here(pictures_of({image}), {0}, 5, 4, 1);
  const DrawnPatches there(pictures_of({image}, small), {0}, 5, 4, 1);
  for (Index i = 0; i < 4; ++i) EXPECT_EQ(patch_of(here, 1, i), patch_of(there, 1, i));
}

TEST(DrawnPatches, AreAFunctionOfSeedEpochAndPosition) {
  const auto pictures = pictures_of({chequered(30, 40, 1), chequered(20, 50, 1)});
  const DrawnPatches patches(pictures, {0, 1}, 8, 100, 7);
  const DrawnPatches again(pictures, {0, 1}, 8, 100, 7);
  EXPECT_EQ(patch_of(patches, 3, 5), patch_of(again, 3, 5));
  EXPECT_NE(patch_of(patches, 3, 5), patch_of(patches, 4, 5));
  EXPECT_NE(patch_of(patches, 3, 5), patch_of(patches, 3, 6));
  EXPECT_NE(patch_of(patches, 3, 5), patch_of(DrawnPatches(pictures, {0, 1}, 8, 100, 8), 3, 5));
}

// Of a picture no larger than a patch only the way it lies is left to draw: all eight come up.
TEST(DrawnPatches, LieInAllEightWays) {
  const DrawnPatches patches(pictures_of({ramp(3, 3)}), {0}, 3, 200, 1);
  std::set<std::vector<float>> seen;
  for (Index i = 0; i < 200; ++i) seen.insert(patch_of(patches, 1, i));
  EXPECT_EQ(seen.size(), 8U);
  std::vector<float> corners;
  for (const auto& patch : seen) corners.push_back(std::round(patch[0] * 255));
  std::ranges::sort(corners);
  EXPECT_EQ(corners, (std::vector<float>{0, 0, 2, 2, 6, 6, 8, 8}));
}

TEST(DrawnPatches, EveryWayIsUndoneByAnother) {
  const Image image = ramp(5, 5, 2);
  for (Index way = 0; way < kWaysToTurn; ++way) {
    std::vector<float> turned(image.pixels.size()), back(image.pixels.size());
    turn_patch(image.pixels.data(), 5, 2, way, turned.data());
    turn_patch(turned.data(), 5, 2, way_back(way), back.data());
    EXPECT_EQ(back, image.pixels) << way;
  }
}

TEST(DrawnPatches, ComeFromEveryPlaceOfTheChosenPicturesAlone) {
  const auto pictures = pictures_of({ramp(4, 4), ramp(2, 3), chequered(9, 9, 1)});
  const DrawnPatches patches(pictures, {0, 1}, 1, 2000, 1);
  std::vector<Index> counts(256);
  for (Index i = 0; i < 2000; ++i) {
    ++counts[static_cast<std::size_t>(std::lround(patch_of(patches, 1, i)[0] * 255))];
  }
  // 22 places, 0 to 5 in both pictures.
  for (std::size_t level = 0; level < 256; ++level) {
    const double expected = level < 6 ? 2000.0 * 2 / 22 : level < 16 ? 2000.0 / 22 : 0;
    EXPECT_NEAR(static_cast<double>(counts[level]), expected, 5 * std::sqrt(expected)) << level;
  }
}

TEST(DrawnBatches, AreTheSameHoweverTheirRowsAreCut) {
  const DrawnPatches patches(pictures_of({chequered(30, 40, 1)}), {0}, 5, 10, 1);
  DrawnBatches whole(patches, 4, 1), cut(patches, 4, 2);
  EXPECT_EQ(whole.batches_per_epoch(), 3);
  whole.start_epoch(2);
  cut.start_epoch(2);
  std::vector<Index> sizes;
  for (Index position = 0, rows = whole.next(); rows > 0; position += rows, rows = whole.next()) {
    ASSERT_EQ(cut.next(), rows);
    sizes.push_back(rows);
    PanelMatrix<float> one(4, 25), other(4, 25);
    whole.draw({0, rows}, one.view(), 0);
    cut.draw({1, rows}, other.view(), 1);
    cut.draw({0, 1}, other.view(), 0);
    std::vector<float> a(100), b(100);
    from_panels<float>(std::as_const(one).view(), a.data(), 25, {0, rows});
    from_panels<float>(std::as_const(other).view(), b.data(), 25, {0, rows});
    EXPECT_EQ(a, b);
    EXPECT_EQ(std::vector<float>(a.begin(), a.begin() + 25), patch_of(patches, 2, position));
  }
  EXPECT_EQ(sizes, (std::vector<Index>{4, 4, 2}));
  EXPECT_EQ(cut.next(), 0);
}

TEST(PatchTable, CutsPicturesSideBySide) {
  Table table;
  table.pictures = pictures_of({ramp(2, 5), ramp(4, 2)});
  std::vector<Range> rows_of;
  const Table patches = table_of_patches(table, 2, &rows_of);
  ASSERT_EQ(patches.rows(), 5);
  EXPECT_EQ(patches.sample_shape, (std::vector<Index>{2, 2}));
  EXPECT_EQ(rows_of[0].end, 3);
  EXPECT_EQ(rows_of[1].begin, 3);
  std::vector<double> numbers = numbers_of(patches);
  for (double& number : numbers) number = std::round(number * 255);
  EXPECT_EQ(numbers, (std::vector<double>{0, 1, 5, 6, 2, 3, 7, 8, 3, 4, 8, 9,  //
                                          0, 1, 2, 3, 4, 5, 6, 7}));
}

class PictureFolderTest : public ReaderTest {};

TEST_F(PictureFolderTest, MayHoldAnySizes) {
  fs::create_directory(path("in"));
  write_image(path("in/b.png"), chequered(3, 4, 1));
  write_image(path("in/a.png"), chequered(9, 2, 1, 16));
  options_.pictures = true;
  const Table table = read_table(path("in"), options_);
  ASSERT_TRUE(table.pictures);
  EXPECT_EQ(table.rows(), 2);
  EXPECT_EQ(table.pictures->height(0), 9);
  EXPECT_EQ(table.bit_depths, (std::vector<int>{16, 8}));
  EXPECT_TRUE(table.unit_interval);
  EXPECT_EQ(read_table(path("in/b.png"), options_).pictures->width(0), 4);
}

}  // namespace
}  // namespace hourglass
