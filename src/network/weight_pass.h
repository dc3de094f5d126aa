#pragma once

#include "network/learned_tensors.h"
#include "network/program.h"

namespace hourglass {

/// The products xᵀ · ∂L/∂z of every WeightUse, tile by tile over all layers, left in
/// LearnedTensor::gradient.
template <class T>
void add_weight_gradients(Program<T>& program, LearnedTensors<T>& learned);

/// The same with the optimiser's step applied to each tile while its gradient is in registers.
/// Only where every weight has one use.
template <class T>
void add_fused_weight_updates(Program<T>& program, LearnedTensors<T>& learned);

}  // namespace hourglass
