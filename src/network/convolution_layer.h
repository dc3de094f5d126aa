#pragma once

#include "network/layer_kind.h"

namespace hourglass {

/// z(y, x, o) = b(o) + Σ over (ky, kx, c) of x(y·stride + ky, x·stride + kx, c) · W(ky, kx, c, o),
/// the window centred and zeros around the map: as PyTorch's Conv2d with padding kernel / 2, Conv1d
/// for a series. The weight is (ky, kx, c) × o in memory.
LayerKindRow convolution_layer();

/// The tangent of a convolution; see Stage::make_tangent().
template <class T>
StagePointer<T> make_convolution_tangent(const StageContext<T>& context, const Signal<T>& input);

}  // namespace hourglass
