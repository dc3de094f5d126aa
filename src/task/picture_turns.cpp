#include "task/picture_turns.h"

#include <algorithm>
#include <utility>

namespace hourglass {
namespace {

/// Calls visit(place in the square, place when turned) for every pixel.
template <class Visit>
void visit_pixels(Index side, Index turn, const Visit& visit) {
  const bool swaps = (turn & 1) != 0, flips_y = (turn & 2) != 0, flips_x = (turn & 4) != 0;
  for (Index y = 0; y < side; ++y) {
    for (Index x = 0; x < side; ++x) {
      Index to_y = flips_y ? side - 1 - y : y;
      Index to_x = flips_x ? side - 1 - x : x;
      if (swaps) std::swap(to_y, to_x);
      visit(y * side + x, to_y * side + to_x);
    }
  }
}

}  // namespace

void turn_square(const float* square, Index side, Index channels, Index turn, float* turned) {
  visit_pixels(side, turn, [&](Index at, Index to) {
    std::copy_n(square + at * channels, channels, turned + to * channels);
  });
}

void turn_square_back(const float* turned, Index side, Index channels, Index turn, float* square) {
  visit_pixels(side, turn, [&](Index at, Index to) {
    std::copy_n(turned + to * channels, channels, square + at * channels);
  });
}

}  // namespace hourglass
