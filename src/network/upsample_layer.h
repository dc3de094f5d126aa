#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// Each position repeated `stride` times in both directions; the layer's size may cut the last ones
/// off.
LayerKindRow upsample_layer();

}  // namespace hourglass
