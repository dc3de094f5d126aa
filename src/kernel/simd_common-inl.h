// What the fast kernels share. Compiled once per processor target.
#if defined(HOURGLASS_KERNEL_SIMD_COMMON_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_COMMON_INL_H_
#undef HOURGLASS_KERNEL_SIMD_COMMON_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_COMMON_INL_H_
#endif

#include <utility>

#include <hwy/highway.h>

#include "tensor/panels.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::CappedTag<float, kPanelWidth>;
using Vector = hn::Vec<Floats>;
using Mask = hn::Mask<Floats>;

constexpr int kLanes = static_cast<int>(hn::MaxLanes(Floats()));
constexpr int kPanelVectors = static_cast<int>(kPanelWidth) / kLanes;

/// Calls f(constant 0) … f(constant N − 1), unrolled, so that arrays of vectors stay in registers.
template <int N, class F>
HWY_INLINE void unrolled(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) HWY_ATTR __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>()), ...);
  }
  (std::make_integer_sequence<int, N>());
}
#define HOURGLASS_UNROLLED(name) [&](auto name) HWY_ATTR __attribute__((always_inline))

/// The lanes of vector v of panel p that are columns of a matrix with `cols` of them.
HWY_INLINE Mask used_lanes(Index cols, Index p, int v) {
  const Index left = cols - p * kPanelWidth - v * kLanes;
  return hn::FirstN(Floats(), static_cast<size_t>(left < 0 ? 0 : left < kLanes ? left : kLanes));
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
