#include "base/crc32.h"

#include <array>

namespace hourglass {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder & 1) != 0 ? (remainder >> 1) ^ 0xEDB88320U : remainder >> 1;
    }
    table[byte] = remainder;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = make_table();

}  // namespace

std::uint32_t crc32(const void* bytes, std::size_t count, std::uint32_t before) {
  const auto* byte = static_cast<const unsigned char*>(bytes);
  std::uint32_t remainder = ~before;
  for (std::size_t i = 0; i < count; ++i) {
    remainder = kTable[(remainder ^ byte[i]) & 0xFF] ^ (remainder >> 8);
  }
  return ~remainder;
}

}  // namespace hourglass
