#pragma once

#include <vector>

#include "tensor/buffer.h"
#include "tensor/matrix.h"
#include "tensor/panels.h"

namespace hourglass {

/// Points as the weights of a dense layer with bias −½‖point‖²: its output for a query is
/// ½‖query‖² − ½‖query − point‖², larger for nearer points.
struct PointBlock {
  Index begin;                 ///< the first of its points
  PanelMatrix<float> columns;  ///< dimensions × points
  Buffer<float> bias;
};

/// At most this many points to a block, whose products with a few queries a core's cache holds.
inline constexpr Index kBlockPoints = 2048;

std::vector<PointBlock> blocks_of(MatrixView<const float> points);

/// block.columns.cols() outputs for each query: queries × points.
void multiply(const PointBlock& block, Panels<const float> queries, Panels<float> outputs);

double squared_norm(const float* row, Index cols);

}  // namespace hourglass
