#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// The largest, or the mean, of each window of positions; windows lie side by side.
LayerKindRow max_pool_layer();
LayerKindRow mean_pool_layer();

}  // namespace hourglass
