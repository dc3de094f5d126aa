// Activations and their derivatives over whole matrices, and the runs over consecutive numbers that
// the dense kernels call tile by tile.
#if defined(HOURGLASS_KERNEL_SIMD_ACTIVATION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_ACTIVATION_INL_H_
#undef HOURGLASS_KERNEL_SIMD_ACTIVATION_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_ACTIVATION_INL_H_
#endif

#include "kernel/activation.h"
#include "kernel/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

struct Identity {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) { return z; }
  HWY_INLINE static Vector derivative(Vector, Vector) { return constant(1.0f); }
};
struct Relu {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) { return positive_part(z); }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::IfThenElseZero(hn::Gt(h, hn::Zero(Floats())), constant(1.0f));
  }
};
struct LeakyRelu {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) {
    return hn::IfThenElse(hn::Lt(z, hn::Zero(Floats())), hn::Mul(z, constant(float(kLeakySlope))),
                          z);
  }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::IfThenElse(hn::Gt(h, hn::Zero(Floats())), constant(1.0f),
                          constant(float(kLeakySlope)));
  }
};
struct Elu {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) {
    return hn::IfThenElse(hn::Lt(z, hn::Zero(Floats())), expm1_of_negative(z), z);
  }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::IfThenElse(hn::Gt(h, hn::Zero(Floats())), constant(1.0f),
                          hn::Add(h, constant(1.0f)));
  }
};
struct Gelu {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) { return hn::Mul(z, normal(z).cdf); }
  HWY_INLINE static Vector derivative(Vector z, Vector) {
    constexpr float kInverseSqrt2Pi = 0.39894228f;
    const Normal n = normal(z);
    return hn::MulAdd(hn::Mul(z, constant(kInverseSqrt2Pi)), n.exponential, n.cdf);
  }
};
struct Sigmoid {
  static constexpr bool kZeroAtZero = false;
  HWY_INLINE static Vector value(Vector z) { return sigmoid(z); }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::Mul(h, hn::Sub(constant(1.0f), h));
  }
};
struct Tanh {
  static constexpr bool kZeroAtZero = true;
  HWY_INLINE static Vector value(Vector z) { return tanh_of(z); }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::NegMulAdd(h, h, constant(1.0f));
  }
};
struct Softplus {
  static constexpr bool kZeroAtZero = false;
  HWY_INLINE static Vector value(Vector z) {
    return softplus_from(z, exp_of_negative(hn::Neg(hn::Abs(z))));
  }
  HWY_INLINE static Vector derivative(Vector, Vector h) {
    return hn::Neg(expm1_of_negative(hn::Neg(h)));
  }
};

/// h = f(z) for `rows` consecutive rows of panel p of a matrix with `cols` columns.
using ActivationRun = void (*)(const float* z, float* h, Index rows, Index cols, Index p);
/// out = gradient ⊙ f′. z or h may be null where f′ does not need it.
using DerivativeRun = void (*)(const float* z, const float* h, const float* gradient, float* out,
                               Index rows, Index cols, Index p);

template <class F>
void activation_run(const float* z, float* h, Index rows, Index cols, Index p) {
  const Floats d;
  const bool padded = !F::kZeroAtZero && (p + 1) * kPanelWidth > cols;
  for (Index i = 0; i < rows * kPanelWidth; i += kLanes) {
    hn::Store(F::value(hn::Load(d, z + i)), d, h + i);
  }
  if (!padded) return;
  for (Index r = 0; r < rows; ++r) {
    for (Index c = cols - p * kPanelWidth; c < kPanelWidth; ++c) h[r * kPanelWidth + c] = 0;
  }
}

template <class F>
void derivative_run(const float* z, const float* h, const float* gradient, float* out, Index rows,
                    Index, Index) {
  const Floats d;
  // An absent input is one the derivative does not look at: any readable numbers will do.
  if (!z) z = gradient;
  if (!h) h = gradient;
  for (Index i = 0; i < rows * kPanelWidth; i += kLanes) {
    const Vector factor = F::derivative(hn::Load(d, z + i), hn::Load(d, h + i));
    hn::Store(hn::Mul(hn::Load(d, gradient + i), factor), d, out + i);
  }
}

/// In the order of Activation.
constexpr ActivationRun kActivationRuns[] = {activation_run<Identity>,  activation_run<Relu>,
                                             activation_run<LeakyRelu>, activation_run<Elu>,
                                             activation_run<Gelu>,      activation_run<Sigmoid>,
                                             activation_run<Tanh>,      activation_run<Softplus>};
constexpr DerivativeRun kDerivativeRuns[] = {derivative_run<Identity>,  derivative_run<Relu>,
                                             derivative_run<LeakyRelu>, derivative_run<Elu>,
                                             derivative_run<Gelu>,      derivative_run<Sigmoid>,
                                             derivative_run<Tanh>,      derivative_run<Softplus>};

void activation_forward(Activation activation, Panels<const float> z, Panels<float> h, Range rows) {
  const ActivationRun run = kActivationRuns[static_cast<int>(activation)];
  for (Index p = 0; p < z.panels(); ++p) {
    run(z.row(p, rows.begin), h.row(p, rows.begin), rows.size(), z.cols, p);
  }
}

void activation_backward(Activation activation, Panels<const float> z, Panels<const float> h,
                         Panels<const float> h_gradient, Panels<float> z_gradient, Range rows) {
  const DerivativeRun run = kDerivativeRuns[static_cast<int>(activation)];
  for (Index p = 0; p < h_gradient.panels(); ++p) {
    run(z ? z.row(p, rows.begin) : nullptr, h ? h.row(p, rows.begin) : nullptr,
        h_gradient.row(p, rows.begin), z_gradient.row(p, rows.begin), rows.size(), h_gradient.cols,
        p);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
