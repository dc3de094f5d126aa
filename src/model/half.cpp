#include "model/half.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr int kFractionBits = 10;
constexpr int kBias = 15;
constexpr int kLargestExponent = 31;  // of infinities and what is no number
constexpr Half kSign = 0x8000;
constexpr Half kHidden = 1 << kFractionBits;  // the leading 1 that is not stored
// The exponent of a step of the smallest numbers, which have no leading 1.
constexpr int kLeastStep = 1 - kBias - kFractionBits;

}  // namespace

Half to_half(float value) {
  HOURGLASS_CHECK(std::fabs(value) <= kLargestHalf);
  // ⌊log₂|value|⌋, of 0 less than any other number's.
  const int step = std::max(std::ilogb(value), 1 - kBias) - kFractionBits;
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(std::fabs(value), -step)));
  // The leading 1 adds one to the exponent below it; so does a fraction that is rounded up to 2.
  const int bits = ((step - kLeastStep) << kFractionBits) + steps;
  return static_cast<Half>(bits | (std::signbit(value) ? kSign : 0));
}

float from_half(Half half) {
  const int exponent = half >> kFractionBits & kLargestExponent;
  const int fraction = half & (kHidden - 1);
  float magnitude = 0;
  if (exponent == kLargestExponent) {
    using Limits = std::numeric_limits<float>;
    magnitude = fraction == 0 ? Limits::infinity() : Limits::quiet_NaN();
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), kLeastStep);
  } else {
    magnitude = std::ldexp(static_cast<float>(kHidden + fraction), kLeastStep + exponent - 1);
  }
  return (half & kSign) != 0 ? -magnitude : magnitude;
}

}  // namespace hourglass
