#pragma once

#include <cstddef>
#include <cstdint>

namespace hourglass {

/// CRC-32 as in zlib, PNG and gzip (reflected polynomial 0xEDB88320). To go on over several pieces
/// pass the result for the pieces before as `before`.
std::uint32_t crc32(const void* bytes, std::size_t count, std::uint32_t before = 0);

}  // namespace hourglass
