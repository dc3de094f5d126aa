#include "linalg/point_blocks.h"

#include <algorithm>
#include <utility>

#include "kernel/dense.h"
#include "kernel/elementwise.h"

namespace hourglass {

double squared_norm(const float* row, Index cols) {
  double sum = 0;
  for (Index c = 0; c < cols; ++c) sum += static_cast<double>(row[c]) * row[c];
  return sum;
}

std::vector<PointBlock> blocks_of(MatrixView<const float> points) {
  std::vector<PointBlock> blocks;
  for (Index begin = 0; begin < points.rows; begin += kBlockPoints) {
    const Index count = std::min(kBlockPoints, points.rows - begin);
    PanelMatrix<float> panels(count, points.cols);
    to_panels(points.row(begin), points.cols, panels.view(), {0, count});
    PointBlock block{begin, PanelMatrix<float>(points.cols, count),
                     Buffer<float>(padded_cols(count))};
    transpose_panels<float>(std::as_const(panels).view(), block.columns.view(),
                            {0, panel_count(points.cols)});
    for (Index i = 0; i < count; ++i) {
      block.bias[i] = static_cast<float>(-squared_norm(points.row(begin + i), points.cols) / 2);
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

void multiply(const PointBlock& block, Panels<const float> queries, Panels<float> outputs) {
  DenseForward<float> product;
  product.input = queries;
  product.weights = block.columns.view();
  product.bias = block.bias.data();
  product.output = outputs;
  dense_forward(product, {0, queries.rows});
}

}  // namespace hourglass
