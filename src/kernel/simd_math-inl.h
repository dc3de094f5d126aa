// Vector versions of the functions activations and losses are made of, to about 1e-6 relative. NaN
// comes out as NaN. The polynomials are Chebyshev fits of our own over the interval named.
#if defined(HOURGLASS_KERNEL_SIMD_MATH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_MATH_INL_H_
#undef HOURGLASS_KERNEL_SIMD_MATH_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_MATH_INL_H_
#endif

#include "kernel/simd_common-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

HWY_INLINE Vector constant(float x) { return hn::Set(Floats(), x); }

/// c[0] + c[1]·x + … by Horner's rule.
template <int N>
HWY_INLINE Vector polynomial(Vector x, const float (&c)[N]) {
  Vector sum = constant(c[N - 1]);
  for (int i = N - 2; i >= 0; --i) sum = hn::MulAdd(sum, x, constant(c[i]));
  return sum;
}

/// x for which exp(x) is split into 2^n · (1 + q): the scale 2^n and q = exp(r) − 1, |r| ≤ ln2/2.
struct SplitExp {
  Vector scale;
  Vector fraction;
};
HWY_INLINE SplitExp split_exp(Vector x) {
  constexpr float kLog2E = 1.44269504f;
  constexpr float kLn2High = 0.693359375f;  // few bits, so that n · kLn2High is exact
  constexpr float kLn2Low = -2.12194440e-4f;
  // (exp(r) − 1 − r) / r² over |r| ≤ ln2/2, to 2e-9
  constexpr float kFit[] = {0.5f,          0.16666667f,   0.041666463f,
                            0.0083332984f, 0.0013933734f, 0.00019899392f};
  const hn::RebindToSigned<Floats> di;
  const auto n = hn::NearestInt(hn::Mul(x, constant(kLog2E)));
  const Vector whole = hn::ConvertTo(Floats(), n);
  const Vector r =
      hn::NegMulAdd(whole, constant(kLn2Low), hn::NegMulAdd(whole, constant(kLn2High), x));
  const Vector fraction = hn::MulAdd(hn::Mul(r, r), polynomial(r, kFit), r);
  const auto bits = hn::ShiftLeft<23>(hn::Add(n, hn::Set(di, 127)));
  return {hn::BitCast(Floats(), bits), fraction};
}

constexpr float kLowestExponent = -87.0f;  // exp of anything below counts as 0

/// exp(x) for x ≤ 0.
HWY_INLINE Vector exp_of_negative(Vector x) {
  const SplitExp e = split_exp(hn::Max(constant(kLowestExponent), x));
  const Vector result = hn::MulAdd(e.scale, e.fraction, e.scale);
  return hn::IfThenElse(hn::IsNaN(x), x,
                        hn::IfThenZeroElse(hn::Lt(x, constant(kLowestExponent)), result));
}

/// exp(x) − 1 for x ≤ 0, accurate also next to 0.
HWY_INLINE Vector expm1_of_negative(Vector x) {
  const SplitExp e = split_exp(hn::Max(constant(kLowestExponent), x));
  const Vector result = hn::MulAdd(e.scale, e.fraction, hn::Sub(e.scale, constant(1.0f)));
  return hn::IfThenElse(hn::IsNaN(x), x, result);
}

/// log(1 + x) for 0 ≤ x ≤ 1, as 2·artanh(x / (2 + x)).
HWY_INLINE Vector log1p_of_fraction(Vector x) {
  // (artanh(s)/s − 1) / s² as a polynomial in s² ≤ 1/9, to 1e-9
  constexpr float kFit[] = {0.33333334f, 0.19999851f, 0.14296292f, 0.10851653f, 0.11619544f};
  const Vector s = hn::Div(x, hn::Add(x, constant(2.0f)));
  const Vector square = hn::Mul(s, s);
  const Vector twice = hn::Add(s, s);
  return hn::MulAdd(hn::Mul(twice, square), polynomial(square, kFit), twice);
}

/// 1 / (1 + exp(−z)), with exp(−|z|) given.
HWY_INLINE Vector sigmoid_from(Vector z, Vector exp_minus_abs) {
  const Vector one = constant(1.0f);
  const Vector numerator = hn::IfThenElse(hn::Lt(z, hn::Zero(Floats())), exp_minus_abs, one);
  return hn::Div(numerator, hn::Add(one, exp_minus_abs));
}
HWY_INLINE Vector sigmoid(Vector z) {
  return sigmoid_from(z, exp_of_negative(hn::Neg(hn::Abs(z))));
}

HWY_INLINE Vector tanh_of(Vector z) {
  // With e = exp(−2|z|) − 1: tanh|z| = −e / (2 + e).
  const Vector size = hn::Abs(z);
  const Vector e = expm1_of_negative(hn::Mul(constant(-2.0f), size));
  return hn::CopySign(hn::Div(e, hn::Add(constant(2.0f), e)), z);
}

/// max(z, 0), NaN for NaN: where one argument is NaN, x86 gives the second.
HWY_INLINE Vector positive_part(Vector z) { return hn::Max(hn::Zero(Floats()), z); }

HWY_INLINE Vector softplus_from(Vector z, Vector exp_minus_abs) {
  return hn::Add(positive_part(z), log1p_of_fraction(exp_minus_abs));
}

/// The normal distribution Φ(z) and exp(−z²/2).
struct Normal {
  Vector cdf;
  Vector exponential;
};
HWY_INLINE Normal normal(Vector z) {
  // erfc(a) = exp(−a²) · t · polynomial(t) with t = 1 / (1 + 0.4a), over 0 ≤ a ≤ 10, to 1e-7.
  constexpr float kFit[] = {0.22568996f,  0.2253442f,   0.21098405f, 0.15222993f,
                            0.1902791f,   -0.08798106f, 0.23080036f, -0.15975232f,
                            -0.03318057f, 0.06122054f,  -0.01563417f};
  constexpr float kInverseSqrt2 = 0.70710678f;
  const Vector one = constant(1.0f);
  const Vector a = hn::Mul(hn::Abs(z), constant(kInverseSqrt2));
  const Vector t = hn::Div(one, hn::MulAdd(a, constant(0.4f), one));
  const Vector exponential = exp_of_negative(hn::Mul(hn::Mul(constant(-0.5f), z), z));
  const Vector tail =
      hn::Mul(hn::Mul(constant(0.5f), exponential), hn::Mul(t, polynomial(t, kFit)));
  const Vector cdf = hn::IfThenElse(hn::Lt(z, hn::Zero(Floats())), tail, hn::Sub(one, tail));
  return {cdf, exponential};
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
