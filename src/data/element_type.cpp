#include "data/element_type.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace hourglass {
namespace {

static_assert(std::endian::native == std::endian::little, "files are swapped to this order");

template <class T>
void widen(const std::byte* from, Index count, double* to) {
  for (Index i = 0; i < count; ++i) {
    T value;
    std::memcpy(&value, from + i * static_cast<Index>(sizeof(T)), sizeof(T));
    to[i] = static_cast<double>(value);
  }
}

template <>
void widen<double>(const std::byte* from, Index count, double* to) {
  std::memcpy(to, from, static_cast<std::size_t>(count) * sizeof(double));
}

// IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction.
double half_to_double(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  double magnitude = std::ldexp(fraction + (exponent > 0 ? 1024 : 0), std::max(exponent, 1) - 25);
  if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                              : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

bool are_finite(const std::byte*, Index) { return true; }

// NaN and infinities are what has every bit of the exponent set. All numbers are looked at: most
// blocks hold none, and a loop without an early end takes many at a time.
template <class Bits, Bits kExponent>
bool have_small_exponents(const std::byte* from, Index count) {
  int strange = 0;
  for (Index i = 0; i < count; ++i) {
    Bits bits;
    std::memcpy(&bits, from + i * static_cast<Index>(sizeof(Bits)), sizeof(Bits));
    strange |= (bits & kExponent) == kExponent;
  }
  return strange == 0;
}
constexpr auto half_are_finite = have_small_exponents<std::uint16_t, 0x7C00>;
constexpr auto float_are_finite = have_small_exponents<std::uint32_t, 0x7F800000>;
constexpr auto double_are_finite = have_small_exponents<std::uint64_t, 0x7FF0000000000000>;

void widen_half(const std::byte* from, Index count, double* to) {
  for (Index i = 0; i < count; ++i) {
    std::uint16_t bits;
    std::memcpy(&bits, from + 2 * i, 2);
    to[i] = half_to_double(bits);
  }
}

void widen_bool(const std::byte* from, Index count, double* to) {
  for (Index i = 0; i < count; ++i) to[i] = from[i] == std::byte{0} ? 0 : 1;
}

constexpr std::array<ElementType, 12> kTypes = {{
    {'f', 2, "float16", widen_half, half_are_finite},
    {'f', 4, "float32", widen<float>, float_are_finite},
    {'f', 8, "float64", widen<double>, double_are_finite},
    {'i', 1, "int8", widen<std::int8_t>, are_finite},
    {'i', 2, "int16", widen<std::int16_t>, are_finite},
    {'i', 4, "int32", widen<std::int32_t>, are_finite},
    {'i', 8, "int64", widen<std::int64_t>, are_finite},
    {'u', 1, "uint8", widen<std::uint8_t>, are_finite},
    {'u', 2, "uint16", widen<std::uint16_t>, are_finite},
    {'u', 4, "uint32", widen<std::uint32_t>, are_finite},
    {'u', 8, "uint64", widen<std::uint64_t>, are_finite},
    {'b', 1, "bool", widen_bool, are_finite},
}};

}  // namespace

const ElementType* find_element_type(char kind, Index size) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(), [&](const ElementType& type) {
    return type.kind == kind && type.size == size;
  });
  return found == kTypes.end() ? nullptr : found;
}

const ElementType* double_type() { return find_element_type('f', 8); }

void swap_byte_order(std::byte* bytes, Index count, Index size) {
  if (size == 1) return;
  for (Index i = 0; i < count; ++i) std::reverse(bytes + i * size, bytes + (i + 1) * size);
}

}  // namespace hourglass
