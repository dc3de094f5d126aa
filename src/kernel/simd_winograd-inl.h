// The transforms of small blocks around Winograd's products (winograd.h).
#if defined(HOURGLASS_KERNEL_SIMD_WINOGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_WINOGRAD_INL_H_
#undef HOURGLASS_KERNEL_SIMD_WINOGRAD_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_WINOGRAD_INL_H_
#endif

#include <type_traits>

#include "kernel/simd_math-inl.h"
#include "kernel/winograd.h"
#include "kernel/winograd_matrices.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

template <const auto& kMatrix>
using MatrixOf = std::remove_cvref_t<decltype(kMatrix)>;

/// sum + factor · x with the factor known.
template <const auto& kMatrix, int R, int C>
HWY_INLINE Vector add_term(Vector x, Vector sum) {
  constexpr auto kFactor = static_cast<float>(kMatrix.at[R][C]);
  if constexpr (kFactor == 1) {
    return hn::Add(sum, x);
  } else {
    return hn::MulAdd(hn::Set(Floats(), kFactor), x, sum);
  }
}

/// Σ over columns C, C + kStep, … of row R's factors times x, without those that are 0.
template <const auto& kMatrix, int R, int C, int kStep, int N>
HWY_INLINE Vector combined(const Vector (&x)[N], Vector sum) {
  if constexpr (C >= N) {
    return sum;
  } else if constexpr (kMatrix.at[R][C] == 0) {
    return combined<kMatrix, R, C + kStep, kStep>(x, sum);
  } else {
    return combined<kMatrix, R, C + kStep, kStep>(x, add_term<kMatrix, R, C>(x[C], sum));
  }
}
template <const auto& kMatrix, int R, int C, int kStep, int N>
HWY_INLINE Vector combined(const Vector (&x)[N]) {
  if constexpr (C >= N) {
    return hn::Zero(Floats());
  } else if constexpr (kMatrix.at[R][C] == 0) {
    return combined<kMatrix, R, C + kStep, kStep>(x);
  } else if constexpr (kMatrix.at[R][C] == 1) {
    return combined<kMatrix, R, C + kStep, kStep>(x, x[C]);
  } else {
    constexpr auto kFactor = static_cast<float>(kMatrix.at[R][C]);
    return combined<kMatrix, R, C + kStep, kStep>(x, hn::Mul(hn::Set(Floats(), kFactor), x[C]));
  }
}

/// y = matrix · x, where rows 1 and 2, 3 and 4 differ in the sign of odd columns.
template <const auto& kMatrix, int N>
HWY_INLINE void apply_matrix(const Vector (&x)[N], Vector (&y)[6]) {
  y[0] = combined<kMatrix, 0, 0, 1>(x);
  unrolled<2>(HOURGLASS_UNROLLED(pair) {
    constexpr int kRow = 2 * pair + 1;
    const Vector even = combined<kMatrix, kRow, 0, 2>(x);
    const Vector odd = combined<kMatrix, kRow, 1, 2>(x);
    y[kRow] = hn::Add(even, odd);
    y[kRow + 1] = hn::Sub(even, odd);
  });
  y[5] = combined<kMatrix, 5, 0, 1>(x);
}

/// The same where columns 1 and 2, 3 and 4 differ in the sign of odd rows.
template <const auto& kMatrix, int R>
HWY_INLINE void apply_matrix(const Vector (&x)[6], Vector (&y)[R]) requires(R < 6) {
  const Vector zero = hn::Zero(Floats());
  const Vector even[6] = {x[0], hn::Add(x[1], x[2]), zero, hn::Add(x[3], x[4]), zero, x[5]};
  const Vector odd[6] = {x[0], hn::Sub(x[1], x[2]), zero, hn::Sub(x[3], x[4]), zero, x[5]};
  unrolled<R>(HOURGLASS_UNROLLED(r) {
    // Of columns 0, 1, 3 and 5.
    const Vector(&terms)[6] = r % 2 == 0 ? even : odd;
    const Vector pairs = combined<kMatrix, r, 1, 2>(terms);
    if constexpr (kMatrix.at[r][0] == 0) {
      y[r] = pairs;
    } else {
      y[r] = add_term<kMatrix, r, 0>(x[0], pairs);
    }
  });
}

/// to = matrix · from · matrixᵀ, and what a step may ask for after it.
template <const auto& kMatrix, bool kFinished>
void transform_block(const WinogradStep<float>& step) {
  constexpr int kRows = MatrixOf<kMatrix>::kRows, kCols = MatrixOf<kMatrix>::kCols;
  const Floats d;
  for (int v = 0; v < kPanelVectors; ++v) {
    const float* const from = step.from.first + v * kLanes;
    float* const to = step.to.first + v * kLanes;
    Vector half[kRows][kCols];
    unrolled<kCols>(HOURGLASS_UNROLLED(c) {
      Vector x[kCols], y[kRows];
      unrolled<kCols>(HOURGLASS_UNROLLED(k) {
        x[k] = hn::Load(d, from + k * step.from.down + c * step.from.across);
      });
      apply_matrix<kMatrix>(x, y);
      unrolled<kRows>(HOURGLASS_UNROLLED(r) { half[r][c] = y[r]; });
    });
    const Vector bias =
        kFinished && step.bias != nullptr ? hn::Load(d, step.bias + v * kLanes) : hn::Zero(d);
    unrolled<kRows>(HOURGLASS_UNROLLED(r) {
      Vector y[kRows];
      apply_matrix<kMatrix>(half[r], y);
      float* const row = to + r * step.to.down;
      if constexpr (kFinished) {
        if (step.accumulate) {
          unrolled<kRows>(HOURGLASS_UNROLLED(c) {
            y[c] = hn::Add(y[c], hn::Load(d, row + c * step.to.across));
          });
        }
        unrolled<kRows>(HOURGLASS_UNROLLED(c) { y[c] = hn::Add(y[c], bias); });
        if (step.relu) {
          unrolled<kRows>(HOURGLASS_UNROLLED(c) { y[c] = positive_part(y[c]); });
        }
      }
      unrolled<kRows>(HOURGLASS_UNROLLED(c) { hn::Store(y[c], d, row + c * step.to.across); });
    });
  }
}

void winograd_transform(const WinogradStep<float>& step) {
  switch (step.transform) {
    case WinogradTransform::kInput:
      return transform_block<winograd::kInput, false>(step);
    case WinogradTransform::kOutput:
      return transform_block<winograd::kOutput, true>(step);
    case WinogradTransform::kOutputGradient:
      return transform_block<winograd::kOutputGradient, false>(step);
    case WinogradTransform::kWeight:
      return transform_block<winograd::kWeight, false>(step);
    case WinogradTransform::kWeightGradient:
      return transform_block<winograd::kWeightGradient, false>(step);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
