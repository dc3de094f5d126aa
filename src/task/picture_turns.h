#pragma once

#include "base/index.h"

namespace hourglass {

/// The eight ways to lay a square on itself: turned by quarters, or mirrored and turned.
inline constexpr Index kTurns = 8;

/// turned = square laid in way `turn` (0: as it was), side × side pixels of `channels` numbers; and
/// the way back.
void turn_square(const float* square, Index side, Index channels, Index turn, float* turned);
void turn_square_back(const float* turned, Index side, Index channels, Index turn, float* square);

}  // namespace hourglass
