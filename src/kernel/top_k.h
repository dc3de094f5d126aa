#pragma once

#include "tensor/panels.h"

namespace hourglass {

/// The k largest numbers of each row stay as they are, the rest become 0; of equal ones the first
/// columns stay. NaN stays.
template <class T>
struct TopK {
  Panels<const T> input;  ///< rows × cols
  Index k = 0;            ///< 1 … cols
  Panels<T> output;       ///< rows × cols; may be the input
  Panels<T> kept;         ///< rows × cols: 1 where a number stays, else 0; empty: not wanted
  T* scratch = nullptr;   ///< cols numbers for each row of the range, by row
};
template <class T>
void top_k(const TopK<T>& arguments, Range rows);

/// The `n`-th largest (from 1) of `count` numbers, which change places; NaN counts as the largest.
template <class T>
T nth_largest(T* numbers, Index count, Index n);

/// The `count`-th largest number of the first `rows` rows; `scratch` holds rows · cols numbers.
template <class T>
T nth_largest(Panels<const T> input, Index rows, Index count, T* scratch);

/// Numbers from `threshold` up stay, the rest become 0. NaN stays.
template <class T>
void keep_from(Panels<const T> input, T threshold, Panels<T> output, Panels<T> kept, Range rows);

}  // namespace hourglass
