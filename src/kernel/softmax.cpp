#include "kernel/softmax.h"

#include <algorithm>
#include <cmath>

namespace hourglass {
namespace {

// `at(c)` is the row's number in column c.
template <class T, class At>
void softmax_of_row(std::span<const Range> groups, const At& at) {
  for (const Range group : groups) {
    T largest = at(group.begin);
    for (Index c = group.begin; c < group.end; ++c) largest = std::max(largest, at(c));
    T sum = 0;
    for (Index c = group.begin; c < group.end; ++c) {
      at(c) = std::exp(at(c) - largest);
      sum += at(c);
    }
    for (Index c = group.begin; c < group.end; ++c) at(c) /= sum;
  }
}

}  // namespace

template <class T>
void softmax(Panels<T> values, std::span<const Range> groups, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    softmax_of_row<T>(groups, [&](Index c) -> T& { return values.at(r, c); });
  }
}

template <class T>
void softmax(T* row_major, Index row_stride, std::span<const Range> groups, Index rows) {
  for (Index r = 0; r < rows; ++r) {
    softmax_of_row<T>(groups, [&](Index c) -> T& { return row_major[r * row_stride + c]; });
  }
}

template <class T>
void counts_to_targets(Panels<T> values, std::span<const float> scale, Range rows) {
  if (scale.empty()) return;
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < values.cols; ++c) {
      T& value = values.at(r, c);
      value = std::log1p(value) / static_cast<T>(scale[static_cast<std::size_t>(c)]);
    }
  }
}

template <class T>
void counts_to_targets(T* row_major, Index cols, std::span<const float> scale, Index rows) {
  if (scale.empty()) return;
  for (Index i = 0; i < rows * cols; ++i) {
    row_major[i] =
        std::log1p(row_major[i]) / static_cast<T>(scale[static_cast<std::size_t>(i % cols)]);
  }
}

template void counts_to_targets<float>(Panels<float>, std::span<const float>, Range);
template void counts_to_targets<double>(Panels<double>, std::span<const float>, Range);
template void counts_to_targets<float>(float*, Index, std::span<const float>, Index);
template void softmax<float>(Panels<float>, std::span<const Range>, Range);
template void softmax<double>(Panels<double>, std::span<const Range>, Range);
template void softmax<float>(float*, Index, std::span<const Range>, Index);
template void softmax<double>(double*, Index, std::span<const Range>, Index);

}  // namespace hourglass
