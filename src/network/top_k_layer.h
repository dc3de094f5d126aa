#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// Of each sample's numbers the `active` largest stay, the rest become 0 (k-sparse autoencoders,
/// Makhzani & Frey 2014).
LayerKindRow top_k_layer();

/// Over a whole batch as many stay as top-k would keep, shared out among its samples by size; after
/// training a number stays if it reaches a threshold, the running mean of the smallest ones that
/// stayed (Bussmann et al., "BatchTopK sparse autoencoders", 2024).
LayerKindRow batch_top_k_layer();

}  // namespace hourglass
