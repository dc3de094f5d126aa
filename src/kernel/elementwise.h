#pragma once

#include "kernel/activation.h"
#include "tensor/panels.h"

namespace hourglass {

/// h = f(z) and ∂L/∂z = ∂L/∂h ⊙ f′(z) where they cannot be fused into a product (after a norm
/// layer). `z` may be empty where f′ follows from h. In place is allowed. Padding columns come out
/// as zeros.
template <class T>
void activation_forward(Activation activation, Panels<const T> z, Panels<T> h, Range rows);
template <class T>
void activation_backward(Activation activation, Panels<const T> z, Panels<const T> h,
                         Panels<const T> h_gradient, Panels<T> z_gradient, Range rows);

/// Row-major numbers into panels and back; padding columns are set to zero.
template <class T>
void to_panels(const T* row_major, Index row_stride, Panels<T> panels, Range rows);
template <class T>
void from_panels(Panels<const T> panels, T* row_major, Index row_stride, Range rows);

}  // namespace hourglass
