#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// z = x·W + b: every number of the input meets every unit. Its output may be declared a map.
LayerKindRow dense_layer();

}  // namespace hourglass
