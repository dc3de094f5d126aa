// Random numbers for stretches of floats.
#if defined(HOURGLASS_KERNEL_SIMD_NOISE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef HOURGLASS_KERNEL_SIMD_NOISE_INL_H_
#undef HOURGLASS_KERNEL_SIMD_NOISE_INL_H_
#else
#define HOURGLASS_KERNEL_SIMD_NOISE_INL_H_
#endif

#include <algorithm>

#include "kernel/noise.h"
#include "kernel/simd_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace hourglass {
namespace HWY_NAMESPACE {

using Words = hn::RebindToUnsigned<Floats>;
using WordVector = hn::Vec<Words>;

/// Both halves of a · b, lane by lane.
struct WideProduct {
  WordVector high;
  WordVector low;
};
HWY_INLINE WideProduct multiply_wide(WordVector a, WordVector b) {
  const Words d;
  const hn::RepartitionToWide<Words> wide;
  const auto even = hn::MulEven(a, b);
  const auto odd_a = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, a)));
  const auto odd = hn::MulEven(odd_a, b);  // b holds one number in all lanes
  return {hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even))),
          hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even))};
}

/// The four words of philox() for kLanes counters from `first` on.
struct PhiloxWords {
  WordVector word[4];
};
HWY_INLINE PhiloxWords philox_words(const NoiseSource& source, std::uint32_t first) {
  const Words d;
  const WordVector multiplier0 = hn::Set(d, 0xD2511F53U);
  const WordVector multiplier1 = hn::Set(d, 0xCD9E8D57U);
  WordVector c0 = hn::Iota(d, first);
  WordVector c1 = hn::Set(d, source.place[0]);
  WordVector c2 = hn::Set(d, source.place[1]);
  WordVector c3 = hn::Set(d, source.place[2]);
  std::uint32_t key0 = source.key[0];
  std::uint32_t key1 = source.key[1];
  for (int round = 0; round < 10; ++round) {
    const WideProduct p0 = multiply_wide(c0, multiplier0);
    const WideProduct p1 = multiply_wide(c2, multiplier1);
    c0 = hn::Xor(hn::Xor(p1.high, c1), hn::Set(d, key0));
    c2 = hn::Xor(hn::Xor(p0.high, c3), hn::Set(d, key1));
    c1 = p1.low;
    c3 = p0.low;
    key0 += 0x9E3779B9U;
    key1 += 0xBB67AE85U;
  }
  return {{c0, c1, c2, c3}};
}

/// The upper 24 bits of each word as a float; exact.
HWY_INLINE Vector upper_bits(WordVector word) {
  const hn::RebindToSigned<Floats> di;
  return hn::ConvertTo(Floats(), hn::BitCast(di, hn::ShiftRight<8>(word)));
}

/// log(x) for 0 < x ≤ 1 and normal, as e·ln2 + 2·artanh(s) with x = 2^e · m, √½ ≤ m < √2.
HWY_INLINE Vector log_of_fraction(Vector x) {
  constexpr float kLn2 = 0.69314718f;
  constexpr float kSqrt2 = 1.41421356f;
  // artanh(s)/s in s² ≤ 0.03
  constexpr float kSeries[] = {1.0f, 1.0f / 3, 1.0f / 5, 1.0f / 7};
  const hn::RebindToSigned<Floats> di;
  const auto bits = hn::BitCast(di, x);
  const Vector one = constant(1.0f);
  const Vector whole = hn::ConvertTo(Floats(), hn::Sub(hn::ShiftRight<23>(bits), hn::Set(di, 127)));
  const Vector mantissa =
      hn::BitCast(Floats(), hn::Or(hn::And(bits, hn::Set(di, 0x7FFFFF)), hn::BitCast(di, one)));
  const Mask large = hn::Ge(mantissa, constant(kSqrt2));
  const Vector m = hn::IfThenElse(large, hn::Mul(mantissa, constant(0.5f)), mantissa);
  const Vector e = hn::IfThenElse(large, hn::Add(whole, one), whole);
  const Vector s = hn::Div(hn::Sub(m, one), hn::Add(m, one));
  const Vector twice = hn::Add(s, s);
  return hn::MulAdd(e, constant(kLn2), hn::Mul(twice, polynomial(hn::Mul(s, s), kSeries)));
}

/// sin(2πx) for |x| ≤ ¼, by its series.
HWY_INLINE Vector sine_of_turn(Vector x) {
  constexpr float kSeries[] = {6.2831853f,  -41.341702f, 81.605249f,
                               -76.705859f, 42.058694f,  -15.094643f};
  return hn::Mul(x, polynomial(hn::Mul(x, x), kSeries));
}

struct NormalPair {
  Vector cosine;
  Vector sine;
};
HWY_INLINE NormalPair normal_pair(WordVector radius_word, WordVector angle_word) {
  const Vector unit = constant(0x1p-24f);
  const Vector u = hn::Mul(hn::Add(upper_bits(radius_word), constant(1.0f)), unit);
  const Vector radius =
      hn::Sqrt(hn::Max(hn::Zero(Floats()), hn::Mul(constant(-2.0f), log_of_fraction(u))));
  const Vector turn = hn::MulSub(upper_bits(angle_word), unit, constant(0.5f));
  const Vector size = hn::Abs(turn);
  const Vector folded = hn::CopySign(hn::Min(size, hn::Sub(constant(0.5f), size)), turn);
  const Vector quarter_less = hn::Sub(constant(0.25f), size);
  return {hn::Mul(radius, sine_of_turn(quarter_less)), hn::Mul(radius, sine_of_turn(folded))};
}

struct UniformNumbers {
  HWY_INLINE static void fill(const PhiloxWords& words, float* out) {
    const Vector unit = constant(0x1p-24f);
    for (int w = 0; w < 4; ++w) {
      hn::StoreU(hn::Mul(upper_bits(words.word[w]), unit), Floats(), out + w * kPanelWidth);
    }
  }
};
struct NormalNumbers {
  HWY_INLINE static void fill(const PhiloxWords& words, float* out) {
    for (int w = 0; w < 4; w += 2) {
      const NormalPair pair = normal_pair(words.word[w], words.word[w + 1]);
      hn::StoreU(pair.cosine, Floats(), out + w * kPanelWidth);
      hn::StoreU(pair.sine, Floats(), out + (w + 1) * kPanelWidth);
    }
  }
};

template <class Numbers>
void fill_blocks(const NoiseSource& source, float* out, Index count) {
  constexpr Index kBlock = 4 * kPanelWidth;
  float tail[kBlock];
  for (Index begin = 0; begin < count; begin += kBlock) {
    float* const block = count - begin >= kBlock ? out + begin : tail;
    for (int v = 0; v < kPanelVectors; ++v) {
      const auto first = static_cast<std::uint32_t>(begin / 4 + v * kLanes);
      Numbers::fill(philox_words(source, first), block + v * kLanes);
    }
    if (block == tail) std::copy_n(tail, count - begin, out + begin);
  }
}

void fill_uniform(const NoiseSource& source, float* out, Index count) {
  fill_blocks<UniformNumbers>(source, out, count);
}
void fill_normal(const NoiseSource& source, float* out, Index count) {
  fill_blocks<NormalNumbers>(source, out, count);
}

}  // namespace HWY_NAMESPACE
}  // namespace hourglass
HWY_AFTER_NAMESPACE();

#endif
