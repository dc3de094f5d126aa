#pragma once

#include <cstdint>

#include "tensor/panels.h"

namespace hourglass {

/// Which units one layer drops in one step. Whether element (row, column) is dropped is a pure
/// function of these numbers and its place in the batch: the same on every thread, on the way back
/// as on the way forward, and after a resume.
struct DropoutMask {
  double rate = 0;  ///< share dropped, [0, 1)
  std::uint64_t seed = 0;
  Index step = 0;   ///< within the whole training
  Index layer = 0;  ///< below 65,536
};

/// True where (row, column) is kept.
bool keeps(const DropoutMask& mask, Index row, Index column);

/// output = input ⊙ mask / (1 − rate), for the rows of a range: dropout on the way forward (applied
/// to h) and, with gradients, on the way back. In place is allowed; padding columns stay zeros.
template <class T>
void dropout(const DropoutMask& mask, Panels<const T> input, Panels<T> output, Range rows);

}  // namespace hourglass
