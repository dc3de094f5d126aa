#include "network/layer_kind.h"

#include "base/error.h"
#include "network/convolution_layer.h"
#include "network/dense_layer.h"
#include "network/gaussian_layer.h"
#include "network/pool_layer.h"
#include "network/top_k_layer.h"
#include "network/transposed_layer.h"
#include "network/upsample_layer.h"

namespace hourglass {

const LayerKindRow& layer_kind(LayerKind kind) {
  // In the order of the enumeration.
  static const LayerKindRow table[] = {dense_layer(),    convolution_layer(), transposed_layer(),
                                       max_pool_layer(), mean_pool_layer(),   upsample_layer(),
                                       top_k_layer(),    batch_top_k_layer(), gaussian_layer()};
  const LayerKindRow& row = table[static_cast<std::size_t>(kind)];
  HOURGLASS_CHECK(row.kind == kind);
  return row;
}

LayerLayout no_tensors(const LayerSpec&, const MapShape&) { return {}; }

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
