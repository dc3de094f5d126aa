#include "task/judged_row.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernel/elementwise.h"
#include "task/row_scorer.h"

namespace hourglass {
namespace {

Panels<const float> row_of(Panels<const float> panels, Index r) {
  return {panels.row(0, r), 1, panels.cols, panels.stride};
}

}  // namespace

JudgedRow::JudgedRow(Index features)
    : errors_(static_cast<std::size_t>(features)),
      expected_(errors_.size()),
      error_(errors_.size()),
      reconstruction_(errors_.size()) {}

void JudgedRow::judge(const ReconstructedRows& block, Index r,
                      const std::vector<std::vector<double>>& weights) {
  std::fill(errors_.begin(), errors_.end(), 0);
  std::fill(expected_.begin(), expected_.end(), 0.0F);
  const auto members = static_cast<float>(weights.size());
  const double there = std::max(1.0, features_there(block.rows, r));
  double log_sum = 0;
  for (std::size_t m = 0; m < weights.size(); ++m) {
    const Panels<const float>& by_member = block.reconstructions[m];
    standardised_errors(block.rows, by_member, r, weights[m], error_.data());
    from_panels(row_of(by_member, r), reconstruction_.data(), std::ssize(reconstruction_), {0, 1});
    const double sum = std::accumulate(error_.begin(), error_.end(), 0.0);
    log_sum += log_of(sum / there);
    for (std::size_t f = 0; f < errors_.size(); ++f) {
      if (sum > 0) errors_[f] += error_[f] / sum / members;
      expected_[f] += reconstruction_[f] / members;
    }
  }
  for (const std::vector<double>& distances : block.code_distances) {
    log_sum += log_of(distances[static_cast<std::size_t>(r)]);
  }
  const auto judgements = static_cast<double>(weights.size() + block.code_distances.size());
  const double score = std::exp(log_sum / judgements);
  for (double& error : errors_) error *= there * score;
}

}  // namespace hourglass
