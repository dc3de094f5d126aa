#include "network/weight_pass.h"

#include <algorithm>

#include "base/error.h"
#include "kernel/dense.h"

namespace hourglass {
namespace {

/// How a weight is cut into tiles, and which inputs and output panels tile number i covers.
class TileGrid {
 public:
  TileGrid(Index inputs, Index outputs, const DenseTiles& size)
      : inputs_(inputs),
        panels_(panel_count(outputs)),
        size_(size),
        across_((panels_ + size.output_panels - 1) / size.output_panels),
        down_((inputs + size.inputs - 1) / size.inputs) {}

  Index count() const { return across_ * down_; }
  // Neighbouring tiles share their output gradients, the larger part of what a tile reads.
  Range inputs(Index tile) const { return cut(tile % down_, size_.inputs, inputs_); }
  Range panels(Index tile) const { return cut(tile / down_, size_.output_panels, panels_); }

 private:
  static Range cut(Index i, Index step, Index end) {
    return {i * step, std::min(end, (i + 1) * step)};
  }
  Index inputs_, panels_;
  DenseTiles size_;
  Index across_, down_;
};

template <class T>
DenseBackwardWeights<T> product_of(const WeightUse<T>& use, Index rows) {
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
