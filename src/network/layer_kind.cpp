#include "network/layer_kind.h"

#include "network/dense_layer.h"
#include "network/gaussian_layer.h"
#include "network/top_k_layer.h"

namespace hourglass {

std::span<const LayerKindRow> layer_kinds() {
  // In the order of the enumeration.
  static const LayerKindRow table[] = {dense_layer(), top_k_layer(), batch_top_k_layer(),
                                       gaussian_layer()};
  return table;
}

const LayerKindRow& layer_kind(LayerKind kind) {
  return layer_kinds()[static_cast<std::size_t>(kind)];
}

LayerLayout layer_layout(const NetworkSpec& spec, Index i) {
  const LayerSpec& layer = spec.layer(i);
  LayerLayout layout = layer_kind(layer.kind).layout(layer, spec.input_shape(i));
  if (spec.weights_owner(i) != i) layout.weight_rows = layout.weight_cols = 0;
  return layout;
}

}  // namespace hourglass
