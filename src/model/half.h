#pragma once

#include <cstdint>

namespace hourglass {

/// Numbers in IEEE 754's binary16: a sign, five bits of exponent, ten of the fraction. The largest
/// is 65504, the smallest step 2⁻²⁴.
using Half = std::uint16_t;

inline constexpr float kLargestHalf = 65504;

/// The nearest one (ties to even). |value| ≤ kLargestHalf.
Half to_half(float value);
/// Exact.
float from_half(Half half);

}  // namespace hourglass
