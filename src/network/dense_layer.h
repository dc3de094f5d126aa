#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// z = x·W + b: every number of the input meets every unit.
LayerKindRow dense_layer();

}  // namespace hourglass
