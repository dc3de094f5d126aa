#include <cmath>
#include <numbers>

#include "base/random.h"
#include "kernel/reference.h"

namespace hourglass::reference {
namespace {

constexpr Index kLanes = 16;

// The 24 random bits of element `i`.
std::uint32_t bits_of(const NoiseSource& source, Index i) {
  const Index block = i / (4 * kLanes);
  const auto counter = static_cast<std::uint32_t>(block * kLanes + i % kLanes);
  const auto words =
      philox({counter, source.place[0], source.place[1], source.place[2]}, source.key);
  return words[static_cast<std::size_t>(i / kLanes % 4)] >> 8;
}

}  // namespace

void fill_uniform(const NoiseSource& source, float* out, Index count) {
  for (Index i = 0; i < count; ++i) out[i] = static_cast<float>(bits_of(source, i)) * 0x1p-24f;
}

void fill_normal(const NoiseSource& source, float* out, Index count) {
  for (Index i = 0; i < count; ++i) {
    const bool second = i / kLanes % 2 == 1;
    const Index pair = second ? i - kLanes : i;
    // In (0, 1], so that the logarithm is finite.
    const double radius = std::sqrt(-2 * std::log((bits_of(source, pair) + 1.0) * 0x1p-24));
    // Half a turn back, which is as good a start as any and saves the fast version a fold.
    const double angle = 2 * std::numbers::pi * (bits_of(source, pair + kLanes) * 0x1p-24 - 0.5);
    out[i] = static_cast<float>(radius * (second ? std::sin(angle) : std::cos(angle)));
  }
}

}  // namespace hourglass::reference
