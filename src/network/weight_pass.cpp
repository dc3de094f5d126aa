#include "network/weight_pass.h"

#include <type_traits>

#include "base/error.h"
#include "kernel/dense.h"
#include "network/tile_grid.h"

namespace hourglass {
namespace {

template <class T>
DenseBackwardWeights<T> product_of(const WeightUse<T>& use, Index samples) {
  const Index rows = samples * use.rows_per_sample;
  DenseBackwardWeights<T> product;
  product.input = use.input.first_rows(rows);
  product.output_gradient = use.output_gradient.first_rows(rows);
  return product;
}

/// The same in bfloat16.
Bf16BackwardWeights rounded_product_of(const WeightUse<float>& use, Index samples) {
  Bf16BackwardWeights product;
  product.input = use.input_pairs.first_rows(pair_count(samples));
  product.output_gradient = use.output_gradient_pairs.first_rows(pair_count(samples));
  product.exact_gradient = use.output_gradient.first_rows(samples);
  return product;
}

/// Where gradients are stored: `first` also leaves the bias's, the others add to it.
template <class T>
void store_gradient(LearnedTensor<T>& tensor, const WeightUse<T>& use, Index samples, Range inputs,
                    Range panels) {
  const bool first = &use == tensor.uses.data();
  T* const bias_gradient = first && tensor.bias ? tensor.bias->gradient.data() : nullptr;
  if constexpr (std::is_same_v<T, float>) {
    if (use.input_pairs) {
      HOURGLASS_CHECK(first);
      Bf16BackwardWeights product = rounded_product_of(use, samples);
      product.weight_gradient = tensor.gradient_panels();
      product.bias_gradient = bias_gradient;
      bf16_backward_weights(product, inputs, panels);
      return;
    }
  }
  DenseBackwardWeights<T> product = product_of(use, samples);
  product.weight_gradient = tensor.gradient_panels();
  product.bias_gradient = bias_gradient;
  product.accumulate = !first;
  dense_backward_weights(product, inputs, panels);
}

/// `Product` is either kind.
template <class Product, class T>
void set_update(Product& product, LearnedTensor<T>& tensor, const UpdateRule<T>& rule) {
  product.rule = &rule;
  product.weights = tensor.ref.panels();
  product.weight_state = tensor.state_at(0);
  product.bias = tensor.bias->ref.data;
  product.bias_state = tensor.bias->state_at(0);
}

template <class T>
void update_weights(LearnedTensor<T>& tensor, const UpdateRule<T>& rule, Index samples,
                    Range inputs, Range panels) {
  const WeightUse<T>& use = tensor.uses.front();
  if constexpr (std::is_same_v<T, float>) {
    if (use.input_pairs) {
      Bf16BackwardWeights product = rounded_product_of(use, samples);
      set_update(product, tensor, rule);
      product.weight_pairs = tensor.pairs;
      product.transposed_pairs = tensor.transposed_pairs;
      bf16_backward_weights(product, inputs, panels);
      return;
    }
  }
  DenseBackwardWeights<T> product = product_of(use, samples);
  set_update(product, tensor, rule);
  product.weights_transposed = tensor.transposed;
  dense_backward_weights(product, inputs, panels);
}

}  // namespace

template <class T>
void add_weight_gradients(Program<T>& program, LearnedTensors<T>& learned) {
  for (LearnedTensor<T>& tensor : learned.all()) {
    if (tensor.uses.empty()) continue;
    const TileGrid grid(tensor.ref.inputs, tensor.ref.outputs, dense_tiles<T>());
    program.by_tiles(grid.count(), [&tensor, grid](const StepState<T>& state, Index tile) {
      for (const WeightUse<T>& use : tensor.uses) {
        store_gradient(tensor, use, state.rows, grid.inputs(tile), grid.panels(tile));
      }
    });
  }
}

template <class T>
void add_fused_weight_updates(Program<T>& program, LearnedTensors<T>& learned) {
  for (LearnedTensor<T>& tensor : learned.all()) {
    if (tensor.uses.empty()) continue;
    HOURGLASS_CHECK(tensor.uses.size() == 1 && tensor.bias);
    const TileGrid grid(tensor.ref.inputs, tensor.ref.outputs, dense_tiles<T>());
    program.by_tiles(grid.count(), [&tensor, grid](const StepState<T>& state, Index tile) {
      update_weights(tensor, state.rule, state.rows, grid.inputs(tile), grid.panels(tile));
    });
  }
}

template void add_weight_gradients(Program<float>&, LearnedTensors<float>&);
template void add_weight_gradients(Program<double>&, LearnedTensors<double>&);
template void add_fused_weight_updates(Program<float>&, LearnedTensors<float>&);
template void add_fused_weight_updates(Program<double>&, LearnedTensors<double>&);

}  // namespace hourglass
