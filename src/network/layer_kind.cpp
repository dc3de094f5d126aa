#include "network/layer_kind.h"

#include "network/convolution_layer.h"
#include "network/dense_layer.h"
#include "network/gaussian_layer.h"
#include "network/pool_layer.h"
#include "network/top_k_layer.h"
#include "network/transposed_layer.h"
#include "network/upsample_layer.h"

namespace hourglass {

std::span<const LayerKindRow> layer_kinds() {
  // In the order of the enumeration.
  static const LayerKindRow table[] = {dense_layer(),    convolution_layer(), transposed_layer(),
                                       max_pool_layer(), mean_pool_layer(),   upsample_layer(),
                                       top_k_layer(),    batch_top_k_layer(), gaussian_layer()};
  return table;
}

const LayerKindRow& layer_kind(LayerKind kind) {
  return layer_kinds()[static_cast<std::size_t>(kind)];
}

bool writes_map(const NetworkSpec& spec, Index i) {
  const MapForm writes = layer_kind(spec.layer(i).kind).writes;
  const bool may_be_flat = i + 1 == spec.layer_count() && spec.layer(i).norm == Norm::kNone;
  return writes == MapForm::kMap || (writes == MapForm::kEither && !may_be_flat);
}

LayerLayout layer_layout(const NetworkSpec& spec, Index i) {
  const LayerSpec& layer = spec.layer(i);
  LayerLayout layout = layer_kind(layer.kind).layout(layer, spec.input_shape(i));
  if (spec.weights_owner(i) != i) layout.weight_rows = layout.weight_cols = 0;
  return layout;
}

}  // namespace hourglass
