#pragma once

#include "base/random.h"
#include "task/code_index.h"

namespace hourglass {

/// Normal numbers, rows × width.
inline Matrix<float> scattered(Index rows, Index width, std::uint64_t seed) {
  Matrix<float> codes(rows, width);
  RandomStream random(seed, RandomPurpose::kSample);
  for (Index i = 0; i < rows * width; ++i) codes.data()[i] = static_cast<float>(random.normal());
  return codes;
}

inline CodeIndex index_of(Metric metric, const Matrix<float>& codes) {
  CodeIndex index;
  index.metric = metric;
  index.width = codes.cols();
  if (metric == Metric::kHamming) index.bits = BitCodes(medians_of(codes));
  index.add(codes);
  return index;
}

}  // namespace hourglass
