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
  T* data = nullptr;

  /// Changed by the optimiser, rather than measured on the batches.
  bool learned() const {
    return role != TensorRole::kRunningMean && role != TensorRole::kRunningVariance;
  }
  /// Numbers in memory, padding included.
  Index storage() const { return inputs * padded_cols(outputs); }
  /// As named tensors have it: a weight is {out, in}.
  std::vector<Index> shape() const {
    return role == TensorRole::kWeight ? std::vector<Index>{outputs, inputs}
                                       : std::vector<Index>{outputs};
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

/// The numbers of `array`, laid out as `ref` is, in the order of a named tensor (out × in).
template <class To, class T>
std::vector<To> row_major_values(const TensorRef<T>& ref, const std::remove_const_t<T>* array) {
  const auto panels = ref.panels_of(array);
  std::vector<To> values;
  values.reserve(static_cast<std::size_t>(ref.inputs * ref.outputs));
  for (Index out = 0; out < ref.outputs; ++out) {
    for (Index in = 0; in < ref.inputs; ++in) {
      values.push_back(static_cast<To>(panels.at(in, out)));
    }
  }
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
