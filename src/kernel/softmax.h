#pragma once

#include <span>

#include "tensor/panels.h"

namespace hourglass {

/// Each group of a row's columns becomes exp(z) / Σ exp(z) over the group; the other columns stay.
/// In place, for the rows of a range.
template <class T>
void softmax(Panels<T> values, std::span<const Range> groups, Range rows);
/// Counts become what they are as targets: log(1 + count) / scale, for a `scale` of
/// padded_cols(values.cols) numbers; empty: they stay. In place, for the rows of a range.
template <class T>
void counts_to_targets(Panels<T> values, std::span<const float> scale, Range rows);
/// The same for `rows` rows of `cols` row-major numbers.
template <class T>
void counts_to_targets(T* row_major, Index cols, std::span<const float> scale, Index rows);
/// softmax() for `rows` rows of row-major numbers.
template <class T>
void softmax(T* row_major, Index row_stride, std::span<const Range> groups, Index rows);

}  // namespace hourglass
