#include "report/figure.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <limits>
#include <png.h>

#include "hourglass/error.h"

namespace hourglass {
namespace {

// An image as libpng's simplified interface reads it, not by our own reader.
struct Picture {
  Index width = 0, height = 0, channels = 1;
  std::vector<unsigned char> pixels;
};

Picture read_png(const std::string& path) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&png, path.c_str()), 0) << png.message;
  Picture image;
  image.channels = (png.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  png.format = image.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  image.width = png.width;
  image.height = png.height;
  image.pixels.resize(PNG_IMAGE_SIZE(png));
  EXPECT_NE(png_image_finish_read(&png, nullptr, image.pixels.data(), 0, nullptr), 0);
  return image;
}

unsigned char pixel(const Picture& image, Index x, Index y, Index channel = 0) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels + channel)];
}

std::string refused(const std::vector<Index>& shape, Index count = 1, double white = 1) {
  const std::vector<float> zeros(64);
  try {
    reconstruction_figure(zeros.data(), zeros.data(), count, shape, white);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(Figure, DrawsOriginalsAboveReconstructions) {
  const std::string path = testing::TempDir() + "figure.png";
  // Two samples of 2 × 2; a cell is 56 pixels, a pixel of a sample 28.
  const std::vector<float> originals = {0, 8, 16, 4, 16, 0, 0, 0};
  const std::vector<float> reconstructions = {
      -3, 99, std::numeric_limits<float>::quiet_NaN(), 16, 0, 0, 0, 12};
  write_reconstruction_figure(path, originals.data(), reconstructions.data(), 2, {2, 2}, 16);
  const Picture image = read_png(path);
  std::remove(path.c_str());
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.width, 4 + 2 * 60);
  EXPECT_EQ(image.height, 4 + 2 * 60);
  EXPECT_EQ(pixel(image, 0, 0), 255);       // margin
  EXPECT_EQ(pixel(image, 4, 4), 0);         // first sample, its upper left
  EXPECT_EQ(pixel(image, 31, 31), 0);       // … to its last pixel
  EXPECT_EQ(pixel(image, 32, 4), 128);      // 8 of 16
  EXPECT_EQ(pixel(image, 4, 32), 255);      // 16 of 16
  EXPECT_EQ(pixel(image, 59, 59), 64);      // 4 of 16
  EXPECT_EQ(pixel(image, 60, 30), 255);     // margin between cells
  EXPECT_EQ(pixel(image, 64 + 30, 10), 0);  // second sample
  EXPECT_EQ(pixel(image, 4, 64), 0);        // reconstruction: below 0
  EXPECT_EQ(pixel(image, 32, 64), 255);     // above white
  EXPECT_EQ(pixel(image, 4, 100), 0);       // NaN
  EXPECT_EQ(pixel(image, 59, 119), 255);
  EXPECT_EQ(pixel(image, 119, 119), 191);  // 12 of 16
}

TEST(Figure, LeavesPaperWhereAGridHasNoSample) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> samples(3 * 56 * 56, 0.0f);
  std::fill(samples.begin() + 2 * 56 * 56, samples.end(), nan);
  samples.resize(4 * 56 * 56, nan);
  const Image image = sample_grid(samples.data(), 2, 2, {56, 56}, 1);
  EXPECT_EQ(image.width, 124);
  EXPECT_EQ(image.pixels[static_cast<std::size_t>(4 * 124 + 4)], 0);
  EXPECT_EQ(image.pixels[static_cast<std::size_t>(4 * 124 + 64)], 0);
  EXPECT_EQ(image.pixels[static_cast<std::size_t>(64 * 124 + 4)], 1);
}

TEST(Figure, DrawsColours) {
  const std::string path = testing::TempDir() + "colours.png";
  const std::vector<float> red = {1, 0, 0}, blue = {0, 0, 1};
  write_reconstruction_figure(path, red.data(), blue.data(), 1, {1, 1, 3}, 1);
  const Picture image = read_png(path);
  std::remove(path.c_str());
  ASSERT_EQ(image.channels, 3);
  EXPECT_EQ(pixel(image, 10, 10, 0), 255);
  EXPECT_EQ(pixel(image, 10, 10, 1), 0);
  EXPECT_EQ(pixel(image, 10, 80, 0), 0);
  EXPECT_EQ(pixel(image, 10, 80, 2), 255);
}

TEST(Figure, TakesSquareRowsAndSingleChannels) {
  const std::vector<float> zeros(64);
  EXPECT_EQ(reconstruction_figure(zeros.data(), zeros.data(), 1, {64}, 1).width, 64);
  EXPECT_EQ(reconstruction_figure(zeros.data(), zeros.data(), 1, {8, 8, 1}, 1).width, 64);
  EXPECT_EQ(reconstruction_figure(zeros.data(), zeros.data(), 1, {8, 4}, 1).height, 4 + 2 * 116);
}

TEST(Figure, RefusesWhatIsNoImage) {
  EXPECT_NE(refused({30}).find("square number"), std::string::npos);
  EXPECT_NE(refused({4, 4, 2}).find("colours"), std::string::npos);
  EXPECT_NE(refused({2, 2, 2, 2}).find("only images"), std::string::npos);
  EXPECT_NE(refused({}).find("empty"), std::string::npos);
  EXPECT_NE(refused({0, 4}).find("empty"), std::string::npos);
  EXPECT_NE(refused({8, 8}, 0).find("1 to 1000"), std::string::npos);
  EXPECT_NE(refused({8, 8}, 1001).find("1 to 1000"), std::string::npos);
  EXPECT_NE(refused({8, 8}, 1, 0).find("above 0"), std::string::npos);
  EXPECT_NE(refused({1 << 30, 1 << 30}).find("draw fewer"), std::string::npos);
}

TEST(Figure, IsNotWrittenIntoAMissingFolder) {
  const float black = 0;
  EXPECT_THROW(write_reconstruction_figure(testing::TempDir() + "missing/figure.png", &black,
                                           &black, 1, {1, 1}, 1),
               Error);
}

}  // namespace
}  // namespace hourglass
