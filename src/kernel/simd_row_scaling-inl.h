// Between a table's rows in float64 and panels.
#if defined(HOURGLASS_KERNEL_SIMD_ROW_SCALING_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_ROW_SCALING_INL_H_
#undef HOURGLASS_KERNEL_SIMD_ROW_SCALING_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_ROW_SCALING_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "kernel/simd_common-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

using Doubles = hn::CappedTag<double, 8>;
using DoubleVector = hn::Vec<Doubles>;
using DoubleMask = hn::Mask<Doubles>;
/// As many floats as there are numbers in a DoubleVector.
using Narrow = hn::Rebind<float, Doubles>;

constexpr Index kDoubleLanes = static_cast<Index>(hn::MaxLanes(Doubles()));

/// The lanes of the vector from column `column` on that are columns of a matrix with `cols`.
HWY_INLINE DoubleMask used_doubles(Index cols, Index column) {
  return hn::FirstN(Doubles(),
                    static_cast<size_t>(std::clamp<Index>(cols - column, 0, kDoubleLanes)));
}

bool scale_to_panels(const double* row_major, const double* shift, const double* scale,
                     Panels<float> panels, Index rows) {
  const Doubles d;
  const Narrow narrow;
  const DoubleVector largest = hn::Set(d, std::numeric_limits<float>::max());
  const DoubleVector lowest = hn::Neg(largest);
  DoubleVector strange = hn::Zero(d);  // x − x: not a number where x is not finite
  for (Index column = 0; column < padded_cols(panels.cols); column += kDoubleLanes) {
    const DoubleMask used = used_doubles(panels.cols, column);
    const DoubleVector from = hn::LoadU(d, shift + column);
    const DoubleVector by = hn::LoadU(d, scale + column);
    const double* in = row_major + std::min(column, panels.cols);
    float* out = &panels.at(0, column);
    for (Index r = 0; r < rows; ++r, in += panels.cols, out += kPanelWidth) {
      const DoubleVector x = hn::IfThenElse(used, hn::LoadU(d, in), from);
      strange = hn::Add(strange, hn::Sub(x, x));
      const DoubleVector scaled = hn::Div(hn::Sub(x, from), by);
      hn::Store(hn::DemoteTo(narrow, hn::Min(hn::Max(scaled, lowest), largest)), narrow, out);
    }
  }
  return hn::AllTrue(d, hn::Eq(strange, hn::Zero(d)));
}

void unscale_from_panels(Panels<const float> panels, const double* shift, const double* scale,
                         float* row_major, Index rows) {
  const Doubles d;
  const Narrow narrow;
  HWY_ALIGN float last[kDoubleLanes];
  for (Index column = 0; column < panels.cols; column += kDoubleLanes) {
    const Index left = panels.cols - column;
    const DoubleVector from = hn::LoadU(d, shift + column);
    const DoubleVector by = hn::LoadU(d, scale + column);
    const float* in = &panels.at(0, column);
    float* out = row_major + column;
    for (Index r = 0; r < rows; ++r, in += kPanelWidth, out += panels.cols) {
      const DoubleVector x = hn::PromoteTo(d, hn::Load(narrow, in));
      // Not one fused operation: the way back must be the same on every processor.
      const auto value = hn::DemoteTo(narrow, hn::Add(hn::Mul(x, by), from));
      if (left >= kDoubleLanes) {
        hn::StoreU(value, narrow, out);
      } else {
        hn::Store(value, narrow, last);
        std::copy_n(last, left, out);
      }
    }
  }
}

void weighted_square_sums(Panels<const float> a, Panels<const float> b, const double* weights,
                          double most, double* sums, Index rows) {
  const Doubles d;
  const Narrow narrow;
  constexpr Index kLanesAdded = 8;
  const DoubleVector cap = hn::Set(d, most);
  HWY_ALIGN double lanes[kLanesAdded];
  for (Index r = 0; r < rows; ++r) {
    for (Index lane = 0; lane < kLanesAdded; lane += kDoubleLanes) {
      DoubleVector sum = hn::Zero(d);
      for (Index column = lane; column < a.cols; column += kLanesAdded) {
        const DoubleVector x = hn::PromoteTo(d, hn::Load(narrow, &a.at(r, column)));
        const DoubleVector y = hn::PromoteTo(d, hn::Load(narrow, &b.at(r, column)));
        const DoubleVector difference = hn::Sub(x, y);
        const DoubleVector square =
            hn::Mul(hn::Mul(difference, difference), hn::LoadU(d, weights + column));
        const DoubleVector kept = hn::IfThenElse(hn::Lt(square, cap), square, cap);
        sum = hn::Add(sum, hn::IfThenElseZero(used_doubles(a.cols, column), kept));
      }
      hn::Store(sum, d, lanes + lane);
    }
    for (int half = kLanesAdded / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    }
    sums[r] = lanes[0];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
