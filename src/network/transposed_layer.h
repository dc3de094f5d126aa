#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// A convolution the other way round, as its gradient goes: each input position adds a window of
/// W(c, ky, kx, o) · x(y, x, c) around its place in a map `stride` times as large, whose size (any
/// that a convolution would bring to the input's) is the layer's. As PyTorch's ConvTranspose2d with
/// padding kernel / 2 and the output padding that gives this size. The weight is c × (ky, kx, o) in
/// memory.
LayerKindRow transposed_layer();

}  // namespace hourglass
