#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace hourglass {

/// Reads a number of at most eight characters besides its sign, such as -0.123456 or 12: what most
/// tables are full of. Without a branch on what its characters are, since nobody can foretell where
/// a point stands or a number ends. Exact: the digits are a whole number that float64 holds, and so
/// is the power of ten it is divided by, so the one division rounds correctly.
///
/// Null if the text at `at`, before `end`, is none, or one that takes more to read; else behind its
/// last character, where anything may stand (an exponent, say).
inline const char* read_plain_decimal(const char* at, const char* end, double* value) {
  static_assert(std::endian::native == std::endian::little,
                "the first character is the lowest byte");
  static constexpr double kPowers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
  if (end - at < 10) return nullptr;
  const bool negative = *at == '-';
  at += static_cast<int>(negative);
  std::uint64_t text;
  std::memcpy(&text, at, 8);
  // Digits become 0 … 9; of every other byte the highest bit is set in `others`, up to the first
  // that is not ASCII at least.
  const std::uint64_t bytes = text ^ 0x3030303030303030;
  const std::uint64_t others = ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
  const int before_point = std::countr_zero(others) / 8;  // 8 if there is none
  const bool point = before_point < 8 && at[before_point] == '.';
  const std::uint64_t behind = others & (others - static_cast<std::uint64_t>(point));
  const int length = std::countr_zero(behind) / 8;
  const bool goes_on = length == 8 && static_cast<unsigned char>(at[8] - '0') < 10;
  const int digits = length - static_cast<int>(point);
  if (goes_on || digits == 0) return nullptr;
  // The point taken out, and zeros put before the first digit.
  const std::uint64_t left_of_point =
      before_point < 8 ? (std::uint64_t{1} << (8 * before_point)) - 1 : ~std::uint64_t{0};
  std::uint64_t number =
      (bytes & left_of_point) | ((bytes >> (8 * static_cast<int>(point))) & ~left_of_point);
  number <<= 8 * (8 - digits);
  // Neighbours are joined to numbers of two digits, these to one of eight.
  number = number * 10 + (number >> 8);
  constexpr std::uint64_t kPairs = 0x000000FF000000FF;
  number =
      ((number & kPairs) * 0x000F424000000064 + ((number >> 16) & kPairs) * 0x0000271000000001) >>
      32;
  const int behind_point = point ? length - before_point - 1 : 0;
  const double magnitude = static_cast<double>(number) / kPowers[behind_point];
  const auto sign = static_cast<std::uint64_t>(negative) << 63;
  *value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(magnitude) | sign);
  return at + length;
}

}  // namespace hourglass
