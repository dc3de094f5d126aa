// Loss and gradient in one pass.
#if defined(HOURGLASS_KERNEL_SIMD_LOSS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_LOSS_INL_H_
#undef HOURGLASS_KERNEL_SIMD_LOSS_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_LOSS_INL_H_
#endif

#include <cmath>
#include <limits>

#include "kernel/loss.h"
#include "kernel/reference.h"
#include "kernel/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

/// Each loss of one element, and its derivative by the output y.
struct LossTerm {
  Vector loss;
  Vector derivative;
};
/// What losses depend on besides y and t.
struct LossConstants {
  Vector delta;
  Vector variance;  ///< σ²
  Vector exponent;  ///< −1 / 2σ²
};
struct Mse {
  HWY_INLINE static LossTerm term(Vector y, Vector t, const LossConstants&) {
    const Vector d = hn::Sub(y, t);
    return {hn::Mul(d, d), hn::Add(d, d)};
  }
};
struct Mae {
  HWY_INLINE static LossTerm term(Vector y, Vector t, const LossConstants&) {
    const Vector d = hn::Sub(y, t);
    const Vector sign = hn::CopySign(constant(1.0f), d);
    // Where y = t the derivative is 0, and NaN stays NaN.
    const Mask sloped = hn::Gt(hn::Abs(d), hn::Zero(Floats()));
    return {hn::Abs(d), hn::IfThenElse(sloped, sign, d)};
  }
};
struct Huber {
  HWY_INLINE static LossTerm term(Vector y, Vector t, const LossConstants& constants) {
    const Vector delta = constants.delta;
    const Vector half = constant(0.5f);
    const Vector d = hn::Sub(y, t);
    const Vector size = hn::Abs(d);
    const Mask linear = hn::Gt(size, delta);
    const Vector outside = hn::Mul(delta, hn::NegMulAdd(half, delta, size));
    const Vector inside = hn::Mul(half, hn::Mul(d, d));
    return {hn::IfThenElse(linear, outside, inside),
            hn::IfThenElse(linear, hn::CopySign(delta, d), d)};
  }
};
struct BinaryCrossEntropy {
  HWY_INLINE static LossTerm term(Vector y, Vector t, const LossConstants&) {
    const Vector e = exp_of_negative(hn::Neg(hn::Abs(y)));
    return {hn::NegMulAdd(y, t, softplus_from(y, e)), hn::Sub(sigmoid_from(y, e), t)};
  }
};

struct Correntropy {
  HWY_INLINE static LossTerm term(Vector y, Vector t, const LossConstants& constants) {
    const Vector d = hn::Sub(y, t);
    const Vector fall = expm1_of_negative(hn::Mul(hn::Mul(d, d), constants.exponent));
    return {hn::Neg(hn::Mul(constants.variance, fall)), hn::MulAdd(d, fall, d)};
  }
};

using Doubles = hn::Repartition<double, Floats>;

/// Adds the lanes of x to `sum` in double precision.
HWY_INLINE hn::Vec<Doubles> add_doubles(hn::Vec<Doubles> sum, Vector x) {
  const Doubles dd;
  const hn::Half<Floats> half;
  const auto low = hn::PromoteTo(dd, hn::LowerHalf(half, x));
  const auto high = hn::PromoteTo(dd, hn::UpperHalf(half, x));
  return hn::Add(sum, hn::Add(low, high));
}

template <class Term>
void loss_rows(const LossArguments<float>& arguments, Range rows) {
  const Floats d;
  const Doubles dd;
  const float variance = arguments.correntropy_sigma * arguments.correntropy_sigma;
  const LossConstants constants = {hn::Set(d, arguments.huber_delta), hn::Set(d, variance),
                                   hn::Set(d, -0.5f / variance)};
  const Vector scale = hn::Set(d, arguments.scale);
  const Index cols = arguments.output.cols;
  const Index panels = arguments.output.panels();
  for (Index r = rows.begin; r < rows.end; ++r) {
    hn::Vec<Doubles> sums[kPanelVectors];
    for (auto& sum : sums) sum = hn::Zero(dd);
    for (Index p = 0; p < panels; ++p) {
      const bool padded = (p + 1) * kPanelWidth > cols;
      for (int v = 0; v < kPanelVectors; ++v) {
        const Index at = r * kPanelWidth + v * kLanes;
        LossTerm term = Term::term(hn::Load(d, arguments.output.panel(p) + at),
                                   hn::Load(d, arguments.target.panel(p) + at), constants);
        if (arguments.mask) {
          const Mask counted = hn::Ne(hn::Load(d, arguments.mask.panel(p) + at), hn::Zero(d));
          term = {hn::IfThenElseZero(counted, term.loss),
                  hn::IfThenElseZero(counted, term.derivative)};
        }
        if (padded) {
          const Mask used = used_lanes(cols, p, v);
          term = {hn::IfThenElseZero(used, term.loss), hn::IfThenElseZero(used, term.derivative)};
        }
        if (arguments.row_loss) sums[v] = add_doubles(sums[v], term.loss);
        if (arguments.gradient) {
          hn::Store(hn::Mul(term.derivative, scale), d, arguments.gradient.panel(p) + at);
        }
      }
    }
    if (arguments.row_loss) {
      for (int v = 1; v < kPanelVectors; ++v) sums[0] = hn::Add(sums[0], sums[v]);
      arguments.row_loss[r] = hn::GetLane(hn::SumOfLanes(dd, sums[0]));
    }
  }
}

/// Visits the vectors of a row: visit(panel, offset within it, which lanes count).
template <class Visit>
void for_each_vector(const LossArguments<float>& arguments, Index r, const Visit& visit) {
  const Floats d;
  const Index cols = arguments.output.cols;
  for (Index p = 0; p < arguments.output.panels(); ++p) {
    for (int v = 0; v < kPanelVectors; ++v) {
      const Index at = r * kPanelWidth + v * kLanes;
      Mask counted = used_lanes(cols, p, v);
      if (arguments.mask) {
        const Mask there = hn::Ne(hn::Load(d, arguments.mask.panel(p) + at), hn::Zero(d));
        counted = hn::And(counted, there);
      }
      visit(p, at, counted);
    }
  }
}

/// Counts that targets stand for; 0 in lanes that do not count.
HWY_INLINE Vector counts_at(const LossArguments<float>& arguments, Index p, Index at, Index r,
                            Mask counted) {
  const Floats d;
  const Vector target = hn::IfThenElseZero(counted, hn::Load(d, arguments.target.panel(p) + at));
  if (arguments.count_scale.empty()) return target;
  const Index column = p * kPanelWidth + at - r * kPanelWidth;
  const Vector level = hn::Mul(target, hn::LoadU(d, arguments.count_scale.data() + column));
  // exp(x) − 1, of levels that counts up to 10³⁴ have.
  const Vector inverse = exp_of_negative(hn::Neg(hn::Min(level, constant(80.0f))));
  return hn::IfThenElseZero(counted, hn::Sub(hn::Div(constant(1.0f), inverse), constant(1.0f)));
}

/// One cross-entropy over a row: its largest output, then exponentials, which lie in the gradient's
/// place until they are divided by their sum.
inline void multinomial_rows(const LossArguments<float>& arguments, Range rows) {
  const Floats d;
  const Doubles dd;
  for (Index r = rows.begin; r < rows.end; ++r) {
    Vector largest = hn::Set(d, -std::numeric_limits<float>::infinity());
    hn::Vec<Doubles> targets = hn::Zero(dd);
    double counted = 0;
    for_each_vector(arguments, r, [&](Index p, Index at, Mask counts) {
      const Vector y = hn::Load(d, arguments.output.panel(p) + at);
      largest = hn::IfThenElse(counts, hn::Max(largest, y), largest);
      targets = add_doubles(targets, counts_at(arguments, p, at, r, counts));
      counted += static_cast<double>(hn::CountTrue(d, counts));
    });
    const Vector top = hn::MaxOfLanes(d, largest);
    const double sum = hn::GetLane(hn::SumOfLanes(dd, targets));
    const bool has_loss = !(sum <= 0);  // what is not a number has to be noticed
    hn::Vec<Doubles> exponentials = hn::Zero(dd), agreement = hn::Zero(dd);
    for_each_vector(arguments, r, [&](Index p, Index at, Mask counts) {
      const Vector y =
          hn::IfThenElseZero(counts, hn::Sub(hn::Load(d, arguments.output.panel(p) + at), top));
      const Vector e = hn::IfThenElseZero(counts, exp_of_negative(y));
      exponentials = add_doubles(exponentials, e);
      const Vector t = counts_at(arguments, p, at, r, counts);
      agreement = add_doubles(agreement, hn::Mul(t, y));
      if (arguments.gradient) hn::Store(e, d, arguments.gradient.panel(p) + at);
    });
    const double total = hn::GetLane(hn::SumOfLanes(dd, exponentials));
    if (arguments.row_loss) {
      const double agreed = hn::GetLane(hn::SumOfLanes(dd, agreement));
      arguments.row_loss[r] = has_loss ? counted * (std::log(total) - agreed / sum) : 0 * total;
    }
    if (!arguments.gradient) continue;
    const double weight = has_loss ? counted * static_cast<double>(arguments.scale) : 0;
    const Vector by_exponential = hn::Set(d, static_cast<float>(has_loss ? weight / total : 0));
    const Vector by_target = hn::Set(d, static_cast<float>(has_loss ? weight / sum : 0));
    for_each_vector(arguments, r, [&](Index p, Index at, Mask counts) {
      float* const gradient = arguments.gradient.panel(p) + at;
      const Vector t = counts_at(arguments, p, at, r, counts);
      hn::Store(hn::Sub(hn::Mul(by_exponential, hn::Load(d, gradient)), hn::Mul(by_target, t)), d,
                gradient);
    });
  }
}

/// In the order of Loss. Categories have few features each, so that vectors would run half empty;
/// log variances lie apart from the numbers they go with, so that vectors would not be aligned.
constexpr void (*kLossRows[])(const LossArguments<float>&, Range) = {
    loss_rows<Mse>,
    loss_rows<Mae>,
    loss_rows<Huber>,
    loss_rows<BinaryCrossEntropy>,
    loss_rows<Correntropy>,
    reference::loss_and_gradient<float>,
    reference::loss_and_gradient<float>,
    multinomial_rows};

void loss_and_gradient(const LossArguments<float>& arguments, Range rows) {
  kLossRows[static_cast<int>(arguments.loss)](arguments, rows);
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
