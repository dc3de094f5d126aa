#pragma once

#include "base/random.h"
#include "tensor/matrix.h"

namespace hourglass {

/// Standard normal numbers around `offset`.
inline Matrix<float> random_rows(Index rows, Index cols, std::uint64_t seed, double offset = 0) {
  Matrix<float> matrix(rows, cols);
  RandomStream random(seed, RandomPurpose::kSample);
  for (Index i = 0; i < rows * cols; ++i) {
    matrix.data()[i] = static_cast<float>(offset + random.normal());
  }
  return matrix;
}

}  // namespace hourglass
