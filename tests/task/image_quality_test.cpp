#include "task/image_quality.h"

#include <cmath>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

Image picture(Index height, Index width, Index channels, double ripple) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  for (Index i = 0; i < image.values(); ++i) {
    const double value = 0.5 + 0.4 * std::sin(0.05 * static_cast<double>(i)) +
                         0.1 * std::cos(ripple * static_cast<double>(i % 17));
    image.pixels.push_back(static_cast<float>(value));
  }
  return image;
}

// scikit-image 0.26: structural_similarity(clean, picture, data_range=1, gaussian_weights=True,
// sigma=1.5, use_sample_covariance=False, channel_axis=2) and peak_signal_noise_ratio.
TEST(ImageQuality, AgreesWithScikitImage) {
  const Image grey = picture(24, 31, 1, 0.9), other = picture(24, 31, 1, 0.2);
  EXPECT_NEAR(ssim(grey, other), 0.9373583997144679, 1e-6);
  EXPECT_NEAR(psnr(grey, other), 19.6744576657305, 1e-5);
  const Image colour = picture(11, 12, 3, 0.9), another = picture(11, 12, 3, 0.2);
  EXPECT_NEAR(ssim(colour, another), 0.9412981580290353, 1e-6);
  EXPECT_NEAR(psnr(colour, another), 19.633079023538425, 1e-5);
}

TEST(ImageQuality, OfThePictureItself) {
  const Image grey = picture(24, 31, 1, 0.9);
  EXPECT_DOUBLE_EQ(ssim(grey, grey), 1);
  EXPECT_TRUE(std::isinf(psnr(grey, grey)));
}

TEST(ImageQuality, HasNoSimilarityWhereNoWindowFits) {
  const Image small = picture(10, 31, 1, 0.9);
  EXPECT_TRUE(std::isnan(ssim(small, small)));
}

TEST(ImageQuality, InHolesIsThatOfWhatIsMissing) {
  const Image clean = picture(24, 31, 1, 0.9);
  Image other = clean;
  Holes holes(24 * 31, 0);
  for (std::size_t i = 0; i < 5; ++i) {
    holes[12 * 31 + 10 + i] = 1;
    other.pixels[12 * 31 + 10 + i] += 0.1F;
  }
  other.pixels[0] += 1;  // not missing
  EXPECT_NEAR(psnr_of_error(squared_error_in(holes, other, clean)), 20, 1e-4);
  // All missing is the picture's own; around the holes it is worse, far from them there is none.
  EXPECT_DOUBLE_EQ(ssim_in(Holes(24 * 31, 1), other, clean), ssim(other, clean));
  EXPECT_LT(ssim_in(holes, other, clean), ssim(other, clean));
  Holes corner(24 * 31, 0);
  corner[0] = 1;
  EXPECT_TRUE(std::isnan(ssim_in(corner, other, clean)));
}

}  // namespace
}  // namespace hourglass
