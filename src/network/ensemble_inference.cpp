#include "network/ensemble_inference.h"

#include <algorithm>

#include "base/error.h"

namespace hourglass {

void MemberMean::add(const float* values) {
  HOURGLASS_CHECK(added_ < members_);
  const Index count = sum_.rows * sum_.cols;
  if (added_ == 0) {
    std::copy_n(values, count, sum_.data);
  } else {
    for (Index i = 0; i < count; ++i) sum_.data[i] += values[i];
  }
  if (++added_ < members_ || members_ == 1) return;
  for (Index i = 0; i < count; ++i) sum_.data[i] /= static_cast<float>(members_);
}

EnsembleInference::EnsembleInference(const Networks& networks, const StepSpec& trained_with,
                                     ThreadPool& pool) {
  HOURGLASS_CHECK(!networks.empty());
  for (const auto& network : networks) {
    members_.push_back(std::make_unique<Inference<float>>(*network, trained_with, pool));
  }
}

void EnsembleInference::reconstruct(MatrixView<const float> samples,
                                    MatrixView<float> reconstructions) {
  if (members_.size() == 1) return members_.front()->reconstruct(samples, reconstructions);
  if (one_.rows() < samples.rows) one_ = Matrix<float>(samples.rows, samples.cols);
  MemberMean mean(reconstructions, static_cast<Index>(members_.size()));
  for (const auto& member : members_) {
    member->reconstruct(samples, {one_.data(), samples.rows, samples.cols});
    mean.add(one_.data());
  }
}

}  // namespace hourglass
