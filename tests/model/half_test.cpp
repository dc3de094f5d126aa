#include "model/half.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

namespace hourglass {
namespace {

float bits_as_float(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

TEST(Half, HoldsWhatTheStandardSays) {
  EXPECT_EQ(from_half(0x3c00), 1.0f);
  EXPECT_EQ(from_half(0xc000), -2.0f);
  EXPECT_EQ(from_half(0x7bff), kLargestHalf);
  EXPECT_EQ(from_half(0x0400), std::ldexp(1.0f, -14));
  EXPECT_EQ(from_half(0x0001), std::ldexp(1.0f, -24));
  EXPECT_EQ(from_half(0x3555), 0.333251953125f);
  EXPECT_TRUE(std::signbit(from_half(0x8000)));
  EXPECT_TRUE(std::isinf(from_half(0x7c00)));
  EXPECT_TRUE(std::isnan(from_half(0x7e01)));
}

TEST(Half, EveryFiniteOneComesBack) {
  for (std::uint32_t half = 0; half <= 0xffff; ++half) {
    const float value = from_half(static_cast<Half>(half));
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(to_half(value), half);
  }
}

TEST(Half, RoundsToTheNearestAndHalfwayToEven) {
  EXPECT_EQ(to_half(1 + std::ldexp(1.0f, -11)), 0x3c00);      // halfway, to the even one below
  EXPECT_EQ(to_half(1 + 3 * std::ldexp(1.0f, -11)), 0x3c02);  // halfway, to the even one above
  EXPECT_EQ(to_half(bits_as_float(0x3f801001)), 0x3c01);      // a little more than halfway
  EXPECT_EQ(to_half(std::nextafter(2.0f, 0.0f)), 0x4000);     // carries into the exponent
  EXPECT_EQ(to_half(std::ldexp(1.0f, -26)), 0x0000);
  EXPECT_EQ(to_half(std::ldexp(3.0f, -25)), 0x0002);
  EXPECT_EQ(to_half(bits_as_float(1)), 0x0000);
  EXPECT_EQ(to_half(-0.0f), 0x8000);
}

}  // namespace
}  // namespace hourglass
