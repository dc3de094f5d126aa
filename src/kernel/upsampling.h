#pragma once

#include "kernel/patches.h"

namespace hourglass {

// Nearest upsampling: output position (y, x) is input position (y / stride, x / stride), rounded
// down; the output's size is given and may cut the last ones off. Maps lie as maps, not flat.

template <class T>
void upsample_forward(const Window& window, FeatureMap<const T> input, FeatureMap<T> output,
                      Range samples);

/// ∂L/∂input, a sum over the positions made of each; with `accumulate` added to what it holds.
template <class T>
void upsample_backward(const Window& window, FeatureMap<const T> output_gradient,
                       FeatureMap<T> input_gradient, bool accumulate, Range samples);

}  // namespace hourglass
