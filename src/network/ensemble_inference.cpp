#include "network/ensemble_inference.h"

#include <algorithm>

#include "base/error.h"

namespace hourglass {

EnsembleInference::EnsembleInference(const Networks& networks, const StepSpec& trained_with,
                                     ThreadPool& pool)
    : means_(static_cast<std::size_t>(pool.size())) {
  HOURGLASS_CHECK(!networks.empty());
  for (const auto& network : networks) {
    members_.push_back(std::make_unique<Inference<float>>(*network, trained_with, pool));
  }
}

Index EnsembleInference::block_rows() const {
  Index rows = members_.front()->block_rows();
  for (const auto& member : members_) rows = std::min(rows, member->block_rows());
  return rows;
}

Panels<const float> EnsembleInference::reconstruct_by(
    Index member, Panels<const float> samples, int worker,
    const std::function<void(Panels<const float>)>& at_code) {
  return members_[static_cast<std::size_t>(member)]->reconstruct(samples, worker, at_code);
}

Panels<const float> EnsembleInference::reconstruct(Panels<const float> samples, int worker) {
  const Panels<const float> first = reconstruct_by(0, samples, worker);
  if (members() == 1) return first;
  PanelMatrix<float>& buffer = means_[static_cast<std::size_t>(worker)];
  if (buffer.empty()) buffer = PanelMatrix<float>(block_rows(), first.cols);
  const Panels<float> mean = buffer.view().first_rows(samples.rows);
  const auto for_each_number = [&](Panels<const float> from, const auto& work) {
    for (Index p = 0; p < mean.panels(); ++p) {
      float* to = mean.panel(p);
      const float* number = from.panel(p);
      for (Index i = 0; i < samples.rows * kPanelWidth; ++i) work(to[i], number[i]);
    }
  };
  for_each_number(first, [](float& sum, float x) { sum = x; });
  for (Index i = 1; i < members(); ++i) {
    for_each_number(reconstruct_by(i, samples, worker), [](float& sum, float x) { sum += x; });
  }
  const auto count = static_cast<float>(members());
  for_each_number(mean, [count](float& sum, float) { sum /= count; });
  return mean;
}

}  // namespace hourglass
