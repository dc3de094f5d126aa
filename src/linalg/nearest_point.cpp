#include "linalg/nearest_point.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

// Their products with a block's points stay in a core's cache.
constexpr Index kFewQueries = 48;

// The largest output seen so far, and whose, in each lane of the panels.
struct Largest {
  std::array<float, kPanelWidth> output;
  std::array<std::int32_t, kPanelWidth> point;

  Largest() {
    output.fill(-std::numeric_limits<float>::infinity());
    point.fill(0);
  }

  // All lanes at once, for compilers to turn into vector instructions.
  void look_at(const float* outputs, std::int32_t first) {
    for (std::size_t i = 0; i < kPanelWidth; ++i) {
      const bool larger = outputs[i] > output[i];
      output[i] = larger ? outputs[i] : output[i];
      point[i] = larger ? first + static_cast<std::int32_t>(i) : point[i];
    }
  }

  Index best() const {
    const auto lane = std::max_element(output.begin(), output.end()) - output.begin();
    return point[static_cast<std::size_t>(lane)];
  }
};

// Padding is no point.
void shut_out_padding(Panels<float> outputs) {
  const Index last = outputs.panels() - 1;
  for (Index q = 0; q < outputs.rows; ++q) {
    float* lanes = outputs.row(last, q);
    std::fill(lanes + (outputs.cols - last * kPanelWidth), lanes + kPanelWidth,
              -std::numeric_limits<float>::infinity());
  }
}

double squared_distance(Panels<const float> queries, Index query, const float* point) {
  double sum = 0;
  for (Index p = 0; p < queries.panels(); ++p) {
    const float* numbers = queries.row(p, query);
    const Index lanes = std::min(kPanelWidth, queries.cols - p * kPanelWidth);
    for (Index lane = 0; lane < lanes; ++lane) {
      const double difference = static_cast<double>(numbers[lane]) - point[p * kPanelWidth + lane];
      sum += difference * difference;
    }
  }
  return sum;
}

}  // namespace

NearestPoint::NearestPoint(std::shared_ptr<const Matrix<float>> points)
    : points_(std::move(points)), blocks_(blocks_of(points_->view())) {
  HOURGLASS_CHECK(points_->rows() > 0);
}

void NearestPoint::squared_distances(Panels<const float> queries, double* distances) const {
  HOURGLASS_CHECK(queries.cols == points_->cols());
  for (Index begin = 0; begin < queries.rows; begin += kFewQueries) {
    Panels<const float> few = queries;
    few.data += begin * kPanelWidth;
    few.rows = std::min(kFewQueries, queries.rows - begin);
    distances_of_few(few, distances + begin);
  }
}

void NearestPoint::distances_of_few(Panels<const float> queries, double* distances) const {
  std::array<Largest, kFewQueries> largest;
  PanelMatrix<float> buffer(queries.rows, blocks_.front().columns.cols());
  for (const PointBlock& block : blocks_) {
    Panels<float> outputs = buffer.view();
    outputs.cols = block.columns.cols();
    multiply(block, queries, outputs);
    shut_out_padding(outputs);
    for (Index p = 0; p < outputs.panels(); ++p) {
      const auto first = static_cast<std::int32_t>(block.begin + p * kPanelWidth);
      for (Index q = 0; q < queries.rows; ++q) {
        largest[static_cast<std::size_t>(q)].look_at(outputs.row(p, q), first);
      }
    }
  }
  for (Index q = 0; q < queries.rows; ++q) {
    const Index nearest = largest[static_cast<std::size_t>(q)].best();
    distances[q] = squared_distance(queries, q, points_->row(nearest));
  }
}

}  // namespace hourglass
