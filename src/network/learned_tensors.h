#pragma once

#include <vector>

#include "kernel/bf16.h"
#include "kernel/update.h"
#include "network/tensor_refs.h"

namespace hourglass {

/// One product that contributes to the gradient of a weight: inputᵀ · output_gradient over the
/// batch.
template <class T>
struct WeightUse {
  Panels<const T> input;            ///< batch · rows_per_sample × in
  Panels<const T> output_gradient;  ///< batch · rows_per_sample × out
  Index rows_per_sample = 1;
  /// The same rounded, where the product is one in bfloat16; empty: it is not.
  Panels<const Bf16Pair> input_pairs = {};
  Panels<const Bf16Pair> output_gradient_pairs = {};
};

/// A tensor that the optimiser changes, with what belongs to it. The arrays have the layout of the
/// tensor itself.
template <class T>
struct LearnedTensor {
  TensorRef<T> ref;
  Panels<T> transposed;               ///< of a weight: out × in, to be kept equal; else empty
  Panels<Bf16Pair> pairs;             ///< of a weight whose products are in bfloat16: it, rounded;
  Panels<Bf16Pair> transposed_pairs;  ///< and its transpose, to be kept equal too
  Buffer<T> gradient;                 ///< of a weight: allocated where the whole gradient is needed
  Buffer<T> first, second;            ///< moments, as far as the optimiser has them

  /// Where its gradient comes from; the products of several uses are added in this order. Empty for
  /// what a stage works out itself, and for a bias that comes along with its weight.
  std::vector<WeightUse<T>> uses;
  LearnedTensor* bias = nullptr;  ///< of a weight: the bias whose gradient its first use yields too

  bool decays() const { return ref.role == TensorRole::kWeight; }
  /// The moments from storage position `offset` on.
  UpdateState<T> state_at(Index offset) {
    return {first.size() > 0 ? first.data() + offset : nullptr,
            second.size() > 0 ? second.data() + offset : nullptr};
  }
  Panels<T> gradient_panels() { return ref.panels_of(gradient.data()); }
};

/// Rounds some panels of a weight whose products are in bfloat16 into what they read.
void round_weights(LearnedTensor<float>& weight, Range panels);

/// The learned tensors of a network in the order of Network::tensors(), and their moments.
template <class T>
class LearnedTensors {
 public:
  LearnedTensors(Network<T>& network, const StepSpec& spec);

  /// The tensor of a layer, or null where the layer has none (a tied decoder's weight).
  LearnedTensor<T>* find(Index layer, TensorRole role);
  std::vector<LearnedTensor<T>>& all() { return tensors_; }
  const std::vector<LearnedTensor<T>>& all() const { return tensors_; }

  /// Makes room for the gradients of weights. Does nothing the second time.
  void allocate_gradients();

  /// The moments as tensors named "optimizer.first.NAME" and "optimizer.second.NAME", and the way
  /// back. The latter throws ErrorKind::kModel if they do not fit, leaving everything as it was.
  std::vector<NamedTensor> moments() const;
  void set_moments(const std::vector<NamedTensor>& tensors);

 private:
  std::vector<LearnedTensor<T>> tensors_;
};

}  // namespace hourglass
