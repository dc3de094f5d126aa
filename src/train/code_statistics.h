#pragma once

#include "base/thread_pool.h"
#include "data/samples.h"
#include "hourglass/model.h"
#include "kernel/activation.h"
#include "network/network.h"
#include "tensor/matrix.h"

namespace hourglass {

/// What a set of codes looks like by itself. The fields are those of CodeSummary.
struct CodeStatistics {
  double effective_rank = 0;
  double zero_share = 0;
  double near_zero_share = 0;
  double mean_activation = 0;
  double saturated_share = 0;  ///< NaN where `activation` is unbounded
  Index dead_units = 0;        ///< the same for every row
};
/// What bounds the code: the activation of the encoder's last layer that has one of its own.
Activation code_activation(const NetworkSpec& network);
CodeStatistics measure_codes(MatrixView<const float> codes, Activation activation);

/// Median of ‖Δh‖ / ‖Δx‖ between each sample and its nearest neighbour among them (another row that
/// differs from it); NaN without such pairs.
double measured_contraction(MatrixView<const float> samples, MatrixView<const float> codes,
                            ThreadPool& pool);

/// Mean ‖∂h/∂x‖_F over the samples, at least one, and how many of them are quickly done.
double mean_jacobian_norm(const Network<float>& network, MatrixView<const float> samples,
                          ThreadPool& pool);
Index affordable_jacobians(const Network<float>& network);

/// At most `most` samples, evenly spaced; fewer where they are so wide that memory would matter.
Matrix<float> spread_samples(const Samples& samples, Index most);
/// The codes of all samples.
Matrix<float> codes_of(const Network<float>& network, const Samples& samples, ThreadPool& pool);

/// The codes of the samples, some thousands at most, from every side.
CodeSummary summarise_codes(const Network<float>& network, const Samples& samples,
                            ThreadPool& pool);

}  // namespace hourglass
