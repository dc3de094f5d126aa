#include "network/weight_pass.h"

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

}  // namespace

template <class T>
void add_weight_gradients(Program<T>& program, LearnedTensors<T>& learned) {
  for (LearnedTensor<T>& tensor : learned.all()) {
    if (tensor.uses.empty()) continue;
    const TileGrid grid(tensor.ref.inputs, tensor.ref.outputs, dense_tiles<T>());
    program.by_tiles(grid.count(), [&tensor, grid](const StepState<T>& state, Index tile) {
      for (const WeightUse<T>& use : tensor.uses) {
        const bool first = &use == tensor.uses.data();
        DenseBackwardWeights<T> product = product_of(use, state.rows);
        product.weight_gradient = tensor.gradient_panels();
        if (first && tensor.bias) product.bias_gradient = tensor.bias->gradient.data();
        product.accumulate = !first;
        dense_backward_weights(product, grid.inputs(tile), grid.panels(tile));
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
      DenseBackwardWeights<T> product = product_of(tensor.uses.front(), state.rows);
      product.rule = &state.rule;
      product.weights = tensor.ref.panels();
      product.weights_transposed = tensor.transposed;
      product.weight_state = tensor.state_at(0);
      product.bias = tensor.bias->ref.data;
      product.bias_state = tensor.bias->state_at(0);
      dense_backward_weights(product, grid.inputs(tile), grid.panels(tile));
    });
  }
}

template void add_weight_gradients(Program<float>&, LearnedTensors<float>&);
template void add_weight_gradients(Program<double>&, LearnedTensors<double>&);
template void add_fused_weight_updates(Program<float>&, LearnedTensors<float>&);
template void add_fused_weight_updates(Program<double>&, LearnedTensors<double>&);

}  // namespace hourglass
