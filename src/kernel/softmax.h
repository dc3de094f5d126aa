#pragma once

#include <span>

#include "tensor/panels.h"

namespace hourglass {

/// Each group of a row's columns becomes exp(z) / Σ exp(z) over the group; the other columns stay.
/// In place, for the rows of a range.
template <class T>
void softmax(Panels<T> values, std::span<const Range> groups, Range rows);
/// The same for `rows` rows of row-major numbers.
template <class T>
void softmax(T* row_major, Index row_stride, std::span<const Range> groups, Index rows);

}  // namespace hourglass
