#include "report/heat_map.h"

#include <gtest/gtest.h>
#include <limits>

namespace hourglass {
namespace {

using Colour = std::vector<float>;

Colour pixel(const Image& image, Index at) {
  const float* from = image.pixels.data() + at * 3;
  return {from[0], from[1], from[2]};
}

bool is_grey(const Colour& colour) { return colour[0] == colour[1] && colour[1] == colour[2]; }

TEST(HeatMap, IsGreyWhereThePictureFits) {
  const std::vector<double> picture = {-2, 0, 2, 5}, errors = {0, 1, 9, 10};
  const Image map = heat_map(picture.data(), errors.data(), {2, 2}, {-2, 2}, {10, 1000});
  EXPECT_EQ(map.height, 2);
  EXPECT_EQ(map.width, 2);
  EXPECT_EQ(map.channels, 3);
  for (Index at = 0; at < 4; ++at) EXPECT_TRUE(is_grey(pixel(map, at))) << at;
  EXPECT_EQ(pixel(map, 0)[0], 0);
  EXPECT_FLOAT_EQ(pixel(map, 1)[0] * 2, pixel(map, 2)[0]);
  EXPECT_EQ(pixel(map, 3), pixel(map, 2)) << "white and above are one";
}

TEST(HeatMap, GoesFromGreyOverRedToYellow) {
  const std::vector<double> picture(4, 1), errors = {20, 100, 1000, 1e9};
  const Image map = heat_map(picture.data(), errors.data(), {1, 4}, {0, 1}, {10, 1000});
  // The nearer to red the more it differs from blue, and the nearer to yellow the more green.
  EXPECT_GT(pixel(map, 0)[0], pixel(map, 0)[2]);
  EXPECT_GT(pixel(map, 1)[0] - pixel(map, 1)[2], pixel(map, 0)[0] - pixel(map, 0)[2]);
  EXPECT_GT(pixel(map, 2)[1], pixel(map, 1)[1]);
  EXPECT_EQ(pixel(map, 3), pixel(map, 2));
}

TEST(HeatMap, AddsUpTheColoursOfAPixel) {
  const std::vector<double> picture = {0.1, 0.2, 0.3, 0.3, 0.2, 0.1};
  const std::vector<double> errors = {0, 0, 300, 100, 100, 100};
  const Image map = heat_map(picture.data(), errors.data(), {2, 1, 3}, {0, 1}, {10, 1000});
  for (std::size_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(pixel(map, 0)[i], pixel(map, 1)[i]);
  EXPECT_FALSE(is_grey(pixel(map, 0)));
  EXPECT_EQ(largest_pixel(errors.data(), 6, 3), 300);
  EXPECT_EQ(largest_pixel(errors.data(), 3, 1), 300);
}

TEST(HeatMap, DrawsWhatIsMissingBlack) {
  const double missing = std::numeric_limits<double>::quiet_NaN(), error = 0;
  EXPECT_EQ(pixel(heat_map(&missing, &error, {1, 1}, {0, 1}, {10, 1000}), 0), (Colour{0, 0, 0}));
}

}  // namespace
}  // namespace hourglass
