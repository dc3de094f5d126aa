#include "kernel/top_k.h"

#include <algorithm>
#include <cmath>

namespace hourglass {
namespace {

// NaN first: sorting by > alone would have no order to go by.
template <class T>
bool falling(T a, T b) {
  return a > b || (std::isnan(a) && !std::isnan(b));
}

template <class T>
T* copy_row(Panels<const T> input, Index row, T* to) {
  for (Index panel = 0; panel < input.panels(); ++panel) {
    const Index count = std::min(kPanelWidth, input.cols - panel * kPanelWidth);
    to = std::copy_n(input.row(panel, row), count, to);
  }
  return to;
}

}  // namespace

template <class T>
T nth_largest(T* numbers, Index count, Index n) {
  std::nth_element(numbers, numbers + n - 1, numbers + count, falling<T>);
  return numbers[n - 1];
}

template <class T>
void top_k(const TopK<T>& arguments, Range rows) {
  const Index cols = arguments.input.cols;
  for (Index row = rows.begin; row < rows.end; ++row) {
    T* values = arguments.scratch + row * cols;
    copy_row(arguments.input, row, values);
    const T threshold = nth_largest(values, cols, arguments.k);
    Index ties = arguments.k - std::count_if(values, values + arguments.k,
                                             [&](T value) { return value > threshold; });
    for (Index col = 0; col < cols; ++col) {
      const T value = arguments.input.at(row, col);
      // A number that is none stays, so that a training gone wrong is seen.
      const bool stays = !(value <= threshold) || (value == threshold && ties-- > 0);
      arguments.output.at(row, col) = stays ? value : T(0);
      if (arguments.kept) arguments.kept.at(row, col) = stays ? T(1) : T(0);
    }
  }
}

template <class T>
T nth_largest(Panels<const T> input, Index rows, Index count, T* scratch) {
  T* end = scratch;
  for (Index row = 0; row < rows; ++row) end = copy_row(input, row, end);
  return nth_largest(scratch, end - scratch, count);
}

template <class T>
void keep_from(Panels<const T> input, T threshold, Panels<T> output, Panels<T> kept, Range rows) {
  for (Index row = rows.begin; row < rows.end; ++row) {
    for (Index col = 0; col < input.cols; ++col) {
      const T value = input.at(row, col);
      const bool stays = !(value < threshold);
      output.at(row, col) = stays ? value : T(0);
      if (kept) kept.at(row, col) = stays ? T(1) : T(0);
    }
  }
}

template void top_k(const TopK<float>&, Range);
template void top_k(const TopK<double>&, Range);
template float nth_largest(float*, Index, Index);
template double nth_largest(double*, Index, Index);
template float nth_largest(Panels<const float>, Index, Index, float*);
template double nth_largest(Panels<const double>, Index, Index, double*);
template void keep_from(Panels<const float>, float, Panels<float>, Panels<float>, Range);
template void keep_from(Panels<const double>, double, Panels<double>, Panels<double>, Range);

}  // namespace hourglass
