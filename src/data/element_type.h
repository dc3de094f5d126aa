#pragma once

#include <cstddef>
#include <string_view>

#include "base/index.h"

namespace hourglass {

/// A type of number that arrays come in, e.g. 'f' and 4 for float32.
struct ElementType {
  char kind;  ///< NumPy's letter: f, i, u, b
  Index size;
  std::string_view name;
  /// `count` numbers from memory of any alignment, in this machine's byte order.
  void (*to_double)(const std::byte* from, Index count, double* to);
  /// Whether none of them is NaN or infinite.
  bool (*all_finite)(const std::byte* from, Index count);

  bool may_be_missing() const { return kind == 'f'; }
};

/// Null if there is none.
const ElementType* find_element_type(char kind, Index size);
/// float64: what text is read as.
const ElementType* double_type();

/// Turns the byte order of `count` elements of `size` bytes around.
void swap_byte_order(std::byte* bytes, Index count, Index size);

}  // namespace hourglass
