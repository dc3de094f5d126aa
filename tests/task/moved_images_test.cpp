#include "task/moved_images.h"

#include <gtest/gtest.h>
#include <set>

#include "images.h"

namespace hourglass {
namespace {

std::vector<double> ramp(Index height, Index width) {
  std::vector<double> image;
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) image.push_back(static_cast<double>(100 * y + x));
  }
  return image;
}

std::vector<std::vector<float>> all_of(const MovedImages& images, Index numbers) {
  std::vector<std::vector<float>> all;
  for (Index i = 0; i < images.count(); ++i) {
    all.emplace_back(static_cast<std::size_t>(numbers));
    images.read(i, i + 1, all.back().data());
  }
  return all;
}

TEST(MovedImages, StandElsewhereByATwentieth) {
  const ImageShape shape{12, 44, 1};
  const Table table = table_of_images({ramp(12, 44)}, {12, 44});
  const MovedImages images(table, {0}, shape, false, 500, 3);
  EXPECT_EQ(images.count(), 3 * 5);  // of that many different ones
  std::set<std::pair<Index, Index>> places;
  for (const std::vector<float>& image : all_of(images, shape.numbers())) {
    const auto corner = static_cast<Index>(image[5 * 44 + 20]);
    const Index down = corner / 100 - 5, right = corner % 100 - 20;
    places.emplace(down, right);
    for (Index y = 0; y < 12; ++y) {
      for (Index x = 0; x < 44; ++x) {
        const Index from =
            100 * std::clamp<Index>(y + down, 0, 11) + std::clamp<Index>(x + right, 0, 43);
        ASSERT_EQ(image[static_cast<std::size_t>(y * 44 + x)], from);
      }
    }
  }
  EXPECT_GT(places.size(), 5U);
  for (const auto& [down, right] : places) {
    EXPECT_LE(std::abs(down), 1);
    EXPECT_LE(std::abs(right), 2);
  }
}

TEST(MovedImages, AreMirroredEveryOtherTime) {
  const ImageShape shape{2, 3, 2};  // too small to be moved
  const std::vector<double> image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const std::vector<float> same = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const std::vector<float> mirrored = {5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8};
  const Table table = table_of_images(std::vector(40, image), {2, 3, 2});
  std::vector<Index> rows(40);
  for (Index i = 0; i < 40; ++i) rows[static_cast<std::size_t>(i)] = i;
  Index turned = 0;
  const MovedImages images(table, rows, shape, true, 60, 3);
  EXPECT_EQ(images.count(), 60);
  for (const std::vector<float>& each : all_of(images, shape.numbers())) {
    ASSERT_TRUE(each == same || each == mirrored);
    turned += each == mirrored ? 1 : 0;
  }
  EXPECT_GT(turned, 15);
  EXPECT_LT(turned, 45);
  for (const std::vector<float>& each :
       all_of(MovedImages(table, rows, shape, false, 60, 3), shape.numbers())) {
    EXPECT_EQ(each, same);
  }
}

TEST(MovedImages, TakeRowsInTurn) {
  const Table table = table_of_images({{1, 1}, {2, 2}, {3, 3}}, {1, 2});
  const MovedImages images(table, {0, 2}, {1, 2, 1}, true, 5, 0);
  std::vector<float> numbers;
  for (const std::vector<float>& each : all_of(images, 2)) numbers.push_back(each[0]);
  EXPECT_EQ(numbers, (std::vector<float>{1, 3, 1, 3}));  // two rows, two ways
}

}  // namespace
}  // namespace hourglass
