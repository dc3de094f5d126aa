#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "network/network.h"
#include "tensor/matrix.h"

namespace hourglass {

/// ‖∂h/∂x‖_F of a trained network's encoder (no dropout, running statistics) at each sample: how
/// far, at most, the code moves for a small change of the sample, over all directions. Exact: the
/// gradient of one code unit after another is carried back through the layers, a block of samples
/// at a time; float32 products, float64 sums. Of encoders with layers over maps an estimate by 64
/// probes. A sample's result depends on neither the others nor the threads.
std::vector<double> encoder_jacobian_norms(const Network<float>& network,
                                           MatrixView<const float> samples, ThreadPool& pool);

/// An estimate without bias for any encoder: ‖∂h/∂x‖²_F = E‖(∂h/∂x)·v‖² over random signs v
/// (Hutchinson 1990), `probes` of them a sample, by central differences.
std::vector<double> encoder_jacobian_norms_by_probes(const Network<float>& network,
                                                     MatrixView<const float> samples, Index probes,
                                                     ThreadPool& pool);

/// The multiplications it takes for one sample: what decides how many to measure.
double encoder_jacobian_cost(const Network<float>& network);

}  // namespace hourglass
