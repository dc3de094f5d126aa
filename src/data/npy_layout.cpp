#include "data/npy_layout.h"

#include <fmt/format.h>
#include <iterator>

#include "base/error.h"

namespace hourglass {

// Magic, version, header length, then a Python dict literal padded with blanks so that the elements
// begin at a multiple of 64 bytes.
std::string npy_beginning(std::string_view descr, const std::vector<Index>& shape) {
  std::string dict = fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': (", descr);
  for (const Index extent : shape) fmt::format_to(std::back_inserter(dict), "{}, ", extent);
  // A tuple of one keeps its comma.
  dict.resize(dict.size() - (shape.size() > 1 ? 2 : 1));
  dict += "), }";
  constexpr std::size_t kPrefix = 10;
  dict.append(63 - (kPrefix + dict.size()) % 64, ' ');
  dict += '\n';
  const auto length = static_cast<unsigned>(dict.size());
  HOURGLASS_CHECK(length < 65536);
  std::string beginning("\x93NUMPY\x01\x00", 8);
  beginning += static_cast<char>(length & 0xff);
  beginning += static_cast<char>(length >> 8);
  return beginning + dict;
}

}  // namespace hourglass
