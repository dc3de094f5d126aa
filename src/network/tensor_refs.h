#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "network/network.h"

namespace hourglass {

/// What a tensor is to its layer.
enum class TensorRole {
  kWeight,
  kBias,
  kNormScale,
  kNormShift,
  kRunningMean,
  kRunningVariance,
};

/// One dimension of a named tensor: a step along it is so many rows and columns of the matrix that
/// the kernels work in.
struct TensorAxis {
  Index size = 0;
  Index row_step = 0;
  Index col_step = 0;
};

/// Calls visit(row, column) for every element of a tensor in the order of its named form (the last
/// axis runs fastest).
template <class Visit>
void for_each_element(const std::vector<TensorAxis>& axes, const Visit& visit,
                      std::size_t depth = 0, Index row = 0, Index column = 0) {
  if (depth == axes.size()) return visit(row, column);
  const TensorAxis& axis = axes[depth];
  for (Index i = 0; i < axis.size; ++i) {
    for_each_element(axes, visit, depth + 1, row + i * axis.row_step, column + i * axis.col_step);
  }
}

/// One tensor of a network where it lies in memory, and how: a weight is in × out in panels, all
/// else is one run of padded_cols(out) numbers. Other arrays of the same layout (gradients,
/// moments) are read and written through it too. T may be const.
template <class T>
struct TensorRef {
  std::string name;
  TensorRole role = TensorRole::kWeight;
  Index layer = 0;
  Index inputs = 1;  ///< 1 for all but weights
  Index outputs = 0;
  std::vector<TensorAxis> axes;  ///< as named tensors have it
  T* data = nullptr;

  /// Changed by the optimiser, rather than measured on the batches.
  bool learned() const {
    return role != TensorRole::kRunningMean && role != TensorRole::kRunningVariance;
  }
  /// Numbers in memory, padding included.
  Index storage() const { return inputs * padded_cols(outputs); }
  /// As named tensors have it: a dense layer's weight is {out, in}.
  std::vector<Index> shape() const {
    std::vector<Index> sizes;
    for (const TensorAxis& axis : axes) sizes.push_back(axis.size);
    return sizes;
  }
  /// `array`, laid out as this tensor is, as a matrix of inputs × outputs (a vector is one row).
  template <class U>
  Panels<U> panels_of(U* array) const {
    return {array, inputs, outputs, inputs * kPanelWidth};
  }
  Panels<T> panels() const { return panels_of(data); }
};

/// Every tensor of the network in the order of Network::tensors().
template <class T>
std::vector<TensorRef<T>> tensor_refs(Network<T>& network);
template <class T>
std::vector<TensorRef<const T>> tensor_refs(const Network<T>& network);

/// The numbers of `array`, laid out as `ref` is, in the order of a named tensor.
template <class To, class T>
std::vector<To> row_major_values(const TensorRef<T>& ref, const std::remove_const_t<T>* array) {
  const auto panels = ref.panels_of(array);
  std::vector<To> values;
  values.reserve(static_cast<std::size_t>(ref.inputs * ref.outputs));
  for_each_element(ref.axes, [&](Index in, Index out) {
    values.push_back(static_cast<To>(panels.at(in, out)));
  });
  return values;
}

template <class T>
NamedTensor named_tensor(const TensorRef<T>& ref, const std::remove_const_t<T>* array,
                         const std::string& prefix = "") {
  return {prefix + ref.name, ref.shape(), row_major_values<float>(ref, array)};
}

/// Copies a named tensor into `array`, laid out as `ref` is. Throws ErrorKind::kModel unless its
/// name is prefix + ref.name, its shape ref's and every value finite.
template <class T>
void assign_tensor(const TensorRef<T>& ref, T* array, const NamedTensor& tensor,
                   const std::string& prefix = "");

/// Throws ErrorKind::kModel if `given` differs from `wanted`.
void check_tensor_count(std::size_t given, std::size_t wanted);

}  // namespace hourglass
