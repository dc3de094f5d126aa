#pragma once

#include <array>
#include <cstdint>

#include "base/index.h"

namespace hourglass {

/// Which random numbers a stretch of floats gets: Philox's key, and three of the four words of its
/// counter; the first counts. Element i takes word i % 64 / 16 of counter i / 64 · 16 + i % 16, on
/// every processor, so the numbers are a function of these words and the position alone.
struct NoiseSource {
  std::array<std::uint32_t, 2> key{};
  std::array<std::uint32_t, 3> place{};
};

/// Uniform over the multiples of 2⁻²⁴ in [0, 1); the same bits on every processor.
void fill_uniform(const NoiseSource& source, float* out, Index count);

/// Standard normal, by Box and Muller's transform of two uniform numbers: elements 0–15 of each 32
/// are r·cos φ and elements 16–31 r·sin φ. None is beyond 5.8.
void fill_normal(const NoiseSource& source, float* out, Index count);

}  // namespace hourglass
