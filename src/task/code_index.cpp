#include "task/code_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace hourglass {
namespace {

struct MetricName {
  Metric metric;
  std::string_view name;
};
constexpr std::array kMetrics = {MetricName{Metric::kCosine, "cosine"},
                                 MetricName{Metric::kEuclidean, "euclidean"},
                                 MetricName{Metric::kHamming, "hamming"}};

}  // namespace

std::string_view name_of(Metric metric) {
  return std::ranges::find(kMetrics, metric, &MetricName::metric)->name;
}

Metric find_metric(std::string_view name) {
  const auto* const found = std::ranges::find(kMetrics, name, &MetricName::name);
  if (found != kMetrics.end()) return found->metric;
  usage_error(fmt::format("metric '{}' is not known: give cosine, euclidean or hamming", name));
}

void BitCodes::add(const float* code) {
  const auto first = bits_.size();
  bits_.resize(first + static_cast<std::size_t>(words()));
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    if (code[i] > thresholds_[i]) bits_[first + i / 64] |= std::uint64_t{1} << i % 64;
  }
}

void BitCodes::code_of(Index row, float* code) const {
  const std::uint64_t* const words = this->row(row);
  for (std::size_t i = 0; i < thresholds_.size(); ++i) {
    const bool above = (words[i / 64] >> i % 64 & 1) != 0;
    code[i] = above ? std::nextafter(thresholds_[i], std::numeric_limits<float>::infinity())
                    : thresholds_[i];
  }
}

std::vector<float> medians_of(MatrixView<const float> codes) {
  HOURGLASS_CHECK(codes.rows > 0);
  std::vector<float> medians;
  std::vector<float> column(static_cast<std::size_t>(codes.rows));
  for (Index c = 0; c < codes.cols; ++c) {
    for (Index r = 0; r < codes.rows; ++r) column[static_cast<std::size_t>(r)] = codes.at(r, c);
    // The lower of two in the middle: what is above it is at most half.
    const auto middle = column.begin() + (codes.rows - 1) / 2;
    std::nth_element(column.begin(), middle, column.end());
    medians.push_back(*middle);
  }
  return medians;
}

Index CodeIndex::rows_left() const {
  return rows() - std::accumulate(deleted.begin(), deleted.end(), Index{0});
}

std::vector<float> CodeIndex::code_of(Index row) const {
  std::vector<float> code(static_cast<std::size_t>(width));
  if (metric == Metric::kHamming) {
    bits.code_of(row, code.data());
  } else {
    std::copy_n(codes.data() + row * width, width, code.data());
  }
  return code;
}

void CodeIndex::add(MatrixView<const float> added) {
  HOURGLASS_CHECK(added.cols == width);
  if (metric == Metric::kHamming) {
    for (Index r = 0; r < added.rows; ++r) bits.add(added.row(r));
  } else {
    codes.insert(codes.end(), added.data, added.data + added.rows * added.cols);
  }
  deleted.resize(deleted.size() + static_cast<std::size_t>(added.rows));
}

Matrix<float> comparable(Metric metric, MatrixView<const float> codes) {
  Matrix<float> result(codes.rows, codes.cols);
  for (Index r = 0; r < codes.rows; ++r) {
    double squares = 0;
    for (Index c = 0; c < codes.cols; ++c) {
      squares += static_cast<double>(codes.at(r, c)) * codes.at(r, c);
    }
    const double length = metric == Metric::kCosine && squares > 0 ? std::sqrt(squares) : 1;
    for (Index c = 0; c < codes.cols; ++c) {
      result.at(r, c) = static_cast<float>(codes.at(r, c) / length);
    }
  }
  return result;
}

double distance_of(Metric metric, double squared_distance) {
  return metric == Metric::kCosine ? squared_distance / 2 : std::sqrt(squared_distance);
}

}  // namespace hourglass
