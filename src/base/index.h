#pragma once

#include <cstdint>

namespace hourglass {

/// Counts and positions (rows, columns, epochs). Signed, so that differences are what they look
/// like.
using Index = std::int64_t;

/// A half-open range of positions.
struct Range {
  Index begin = 0;
  Index end = 0;
  Index size() const { return end - begin; }
  bool empty() const { return end <= begin; }
};

}  // namespace hourglass
