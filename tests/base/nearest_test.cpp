#include "base/nearest.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

TEST(NearestName, FindsSwapsAndMissingLetters) {
  const std::vector<std::string> names = {"latent_dim", "hidden", "epochs", "lr"};
  EXPECT_EQ(nearest_name("latent_dmi", names), "latent_dim");
  EXPECT_EQ(nearest_name("hiden", names), "hidden");
  EXPECT_EQ(nearest_name("epoch", names), "epochs");
}

TEST(NearestName, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("colour", {"latent_dim", "hidden"}), "");
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(NearestName, PrefersTheNearest) {
  EXPECT_EQ(nearest_name("decide", {"encode", "decode"}), "decode");
  // One swap is nearer than two replacements.
  EXPECT_EQ(nearest_name("tarin", {"taken", "train"}), "train");
}

}  // namespace
}  // namespace hourglass
