// One step of each optimiser over consecutive parameters.
#if defined(HOURGLASS_KERNEL_SIMD_UPDATE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_UPDATE_INL_H_
#undef HOURGLASS_KERNEL_SIMD_UPDATE_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_UPDATE_INL_H_
#endif

#include <cmath>

#include "kernel/simd_math-inl.h"
#include "kernel/update.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

/// √x for x ≥ 0, by an estimate and one Newton step: a third of the time of the exact instruction,
/// within a few units in the last place. Numbers below FLT_MIN count as FLT_MIN.
HWY_INLINE Vector fast_sqrt(Vector x) {
  constexpr float kSmallest = 1.17549435e-38f;
  x = hn::Max(constant(kSmallest), x);
  const Vector estimate = hn::ApproximateReciprocalSqrt(x);
  const Vector root = hn::Mul(x, estimate);
  const Vector error = hn::NegMulAdd(root, estimate, constant(1.0f));
  return hn::MulAdd(hn::Mul(root, constant(0.5f)), error, root);
}

/// a / b for b > 0, likewise.
HWY_INLINE Vector fast_ratio(Vector a, Vector b) {
  const Vector estimate = hn::ApproximateReciprocal(b);
  const Vector error = hn::NegMulAdd(b, estimate, constant(1.0f));
  return hn::Mul(a, hn::MulAdd(estimate, error, estimate));
}

/// The rules. Each holds its constants and moves one vector of parameters w by gradients g, with
/// the moments a and b of UpdateState (garbage where the rule has none).
template <bool kPlain>
struct Scaled {
  explicit Scaled(const UpdateRule<float>& rule, bool decay)
      : scale(hn::Set(Floats(), rule.gradient_scale)),
        lambda(hn::Set(Floats(), decay ? rule.weight_decay : 0.0f)) {}
  /// The clipped gradient with the weight decay's added. Plain: neither clipped nor decayed.
  HWY_INLINE Vector gradient(Vector g, Vector w) const {
    return kPlain ? g : hn::MulAdd(lambda, w, hn::Mul(g, scale));
  }
  HWY_INLINE Vector clipped(Vector g) const { return kPlain ? g : hn::Mul(g, scale); }
  Vector scale, lambda;
};

template <bool kPlain>
struct AdamStep {
  static constexpr bool kFirst = true, kSecond = true;
  AdamStep(const UpdateRule<float>& rule, bool decay)
      : scaled(rule, decay),
        rest1(hn::Set(Floats(), float(1 - rule.beta1))),
        rest2(hn::Set(Floats(), float(1 - rule.beta2))),
        correction(hn::Set(Floats(), 1 / std::sqrt(rule.bias_correction2))),
        epsilon(hn::Set(Floats(), rule.epsilon)),
        rate(hn::Set(Floats(), rule.learning_rate / rule.bias_correction1)) {}
  HWY_INLINE void move(Vector& w, Vector g, Vector& m, Vector& v) const {
    // m + (1 − β)(g − m) instead of βm + (1 − β)g, and v alike: the same with an operation less.
    m = hn::MulAdd(rest1, hn::Sub(g, m), m);
    v = hn::MulAdd(rest2, hn::MulSub(g, g, v), v);
    const Vector denominator = hn::MulAdd(fast_sqrt(v), correction, epsilon);
    w = hn::NegMulAdd(rate, fast_ratio(m, denominator), w);
  }
  HWY_INLINE void operator()(Vector& w, Vector g, Vector& m, Vector& v) const {
    move(w, scaled.gradient(g, w), m, v);
  }
  Scaled<kPlain> scaled;
  Vector rest1, rest2, correction, epsilon, rate;
};

template <bool kPlain>
struct AdamWStep {
  static constexpr bool kFirst = true, kSecond = true;
  AdamWStep(const UpdateRule<float>& rule, bool decay)
      : adam(rule, false),
        keep(hn::Set(Floats(), decay ? 1 - rule.learning_rate * rule.weight_decay : 1.0f)) {}
  HWY_INLINE void operator()(Vector& w, Vector g, Vector& m, Vector& v) const {
    w = hn::Mul(w, keep);
    adam.move(w, adam.scaled.clipped(g), m, v);
  }
  AdamStep<kPlain> adam;
  Vector keep;
};

template <bool kPlain>
struct SgdStep {
  static constexpr bool kFirst = false, kSecond = false;
  SgdStep(const UpdateRule<float>& rule, bool decay)
      : scaled(rule, decay), rate(hn::Set(Floats(), rule.learning_rate)) {}
  HWY_INLINE void operator()(Vector& w, Vector g, Vector&, Vector&) const {
    w = hn::NegMulAdd(rate, scaled.gradient(g, w), w);
  }
  Scaled<kPlain> scaled;
  Vector rate;
};

template <bool kPlain>
struct NesterovStep {
  static constexpr bool kFirst = true, kSecond = false;
  NesterovStep(const UpdateRule<float>& rule, bool decay)
      : scaled(rule, decay),
        rate(hn::Set(Floats(), rule.learning_rate)),
        momentum(hn::Set(Floats(), rule.momentum)) {}
  HWY_INLINE void operator()(Vector& w, Vector g, Vector& velocity, Vector&) const {
    g = scaled.gradient(g, w);
    velocity = hn::MulAdd(momentum, velocity, g);
    w = hn::NegMulAdd(rate, hn::MulAdd(momentum, velocity, g), w);
  }
  Scaled<kPlain> scaled;
  Vector rate, momentum;
};

template <bool kPlain>
struct RmspropStep {
  static constexpr bool kFirst = false, kSecond = true;
  RmspropStep(const UpdateRule<float>& rule, bool decay)
      : scaled(rule, decay),
        smoothing(hn::Set(Floats(), float(rule.beta2))),
        rest(hn::Set(Floats(), float(1 - rule.beta2))),
        epsilon(hn::Set(Floats(), rule.epsilon)),
        rate(hn::Set(Floats(), rule.learning_rate)) {}
  HWY_INLINE void operator()(Vector& w, Vector g, Vector&, Vector& v) const {
    g = scaled.gradient(g, w);
    v = hn::MulAdd(smoothing, v, hn::Mul(hn::Mul(rest, g), g));
    w = hn::NegMulAdd(rate, fast_ratio(g, hn::Add(fast_sqrt(v), epsilon)), w);
  }
  Scaled<kPlain> scaled;
  Vector smoothing, rest, epsilon, rate;
};

/// Runs a rule over `count` parameters, a multiple of the vector's length.
template <class Step>
HWY_INLINE void step_vectors(const Step& step, float* parameter, const float* gradient,
                             UpdateState<float> state, Index count) {
  const Floats d;
  for (Index i = 0; i < count; i += kLanes) {
    Vector w = hn::LoadU(d, parameter + i);
    Vector first = Step::kFirst ? hn::LoadU(d, state.first + i) : hn::Zero(d);
    Vector second = Step::kSecond ? hn::LoadU(d, state.second + i) : hn::Zero(d);
    step(w, hn::LoadU(d, gradient + i), first, second);
    hn::StoreU(w, d, parameter + i);
    if (Step::kFirst) hn::StoreU(first, d, state.first + i);
    if (Step::kSecond) hn::StoreU(second, d, state.second + i);
  }
}

template <class Step>
void update_run(const UpdateRule<float>& rule, float* parameter, const float* gradient,
                UpdateState<float> state, Index count, bool decay) {
  const Step step(rule, decay);
  const Index whole = count / kLanes * kLanes;
  step_vectors(step, parameter, gradient, state, whole);
  const Index rest = count - whole;
  if (rest == 0) return;
  // The last, shorter vector goes through copies, so that it sees the same operations.
  HWY_ALIGN float w[kLanes] = {}, g[kLanes] = {}, first[kLanes] = {}, second[kLanes] = {};
  const auto copy = [rest](float* to, const float* from) {
    for (Index i = 0; i < rest; ++i) to[i] = from[i];
  };
  copy(w, parameter + whole);
  copy(g, gradient + whole);
  if (Step::kFirst) copy(first, state.first + whole);
  if (Step::kSecond) copy(second, state.second + whole);
  step_vectors(step, w, g, UpdateState<float>{first, second}, kLanes);
  copy(parameter + whole, w);
  if (Step::kFirst) copy(state.first + whole, first);
  if (Step::kSecond) copy(state.second + whole, second);
}

using UpdateRun = void (*)(const UpdateRule<float>&, float*, const float*, UpdateState<float>,
                           Index, bool);
/// In the order of Optimizer; then SGD without momentum. The second row leaves out clipping and
/// weight decay, which changes no bit where there is none.
constexpr UpdateRun kUpdateRuns[2][5] = {
    {update_run<AdamStep<false>>, update_run<AdamWStep<false>>, update_run<NesterovStep<false>>,
     update_run<RmspropStep<false>>, update_run<SgdStep<false>>},
    {update_run<AdamStep<true>>, update_run<AdamWStep<true>>, update_run<NesterovStep<true>>,
     update_run<RmspropStep<true>>, update_run<SgdStep<true>>}};

UpdateRun update_for(const UpdateRule<float>& rule, const UpdateState<float>& state) {
  const bool stateless = rule.kind == Optimizer::kSgd && !state.first;
  const bool plain =
      rule.gradient_scale == 1 && (rule.weight_decay == 0 || rule.kind == Optimizer::kAdamW);
  return kUpdateRuns[plain][stateless ? 4 : static_cast<int>(rule.kind)];
}

void update(const UpdateRule<float>& rule, float* parameter, const float* gradient,
            UpdateState<float> state, Index count, bool decay) {
  update_for(rule, state)(rule, parameter, gradient, state, count, decay);
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
