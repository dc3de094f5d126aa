#include "task/anomaly_score.h"

#include <algorithm>
#include <cmath>

#include "task/reconstructed_rows.h"

namespace hourglass {
namespace {

constexpr double kSmallestScaleShare = 0.1;
// Keeps a scale finite where a reconstruction overflows.
constexpr double kLargestError = 1e30;

}  // namespace

std::vector<double> learn_feature_scale(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool) {
  const Index features = model.saved.encoding.features;
  std::vector<double> squared(static_cast<std::size_t>(features));
  std::vector<double> counted(static_cast<std::size_t>(features));
  for_each_reconstructed(model, table, rows, pool, [&](const ReconstructedRows& block) {
    for (Index i = 0; i < block.count * features; ++i) {
      if (block.mask[i] == 0) continue;
      const auto f = static_cast<std::size_t>(i % features);
      const double residual =
          static_cast<double>(block.features[i]) - static_cast<double>(block.reconstructions[i]);
      squared[f] += residual * residual;
      counted[f] += 1;
    }
  });
  double mean_square = 0;
  for (std::size_t f = 0; f < squared.size(); ++f) {
    squared[f] = std::min(squared[f] / std::max(1.0, counted[f]), kLargestError);
    mean_square += squared[f] / static_cast<double>(features);
  }
  const double smallest = std::max(kSmallestScaleShare * std::sqrt(mean_square), 1e-12);
  std::vector<double> scale;
  scale.reserve(squared.size());
  for (const double mean : squared) scale.push_back(std::max(std::sqrt(mean), smallest));
  return scale;
}

std::vector<double> score_rows(const TrainedModel& model, const Table& table,
                               const std::vector<Index>& rows, ThreadPool& pool,
                               const ProgressCallback& progress) {
  const Index features = model.saved.encoding.features;
  const std::vector<double> weights = error_weights(model);
  std::vector<double> scores(rows.size());
  Progress moment;
  moment.stage = "scoring";

  for_each_reconstructed(model, table, rows, pool, [&](const ReconstructedRows& block) {
    pool.run([&](int worker) {
      std::vector<double> errors(static_cast<std::size_t>(features));
      const Range share = share_of(block.count, worker, pool.size());
      for (Index r = share.begin; r < share.end; ++r) {
        standardised_errors(block, r, weights, errors.data());
        double sum = 0;
        double there = 0;
        for (Index f = 0; f < features; ++f) {
          sum += errors[static_cast<std::size_t>(f)];
          there += static_cast<double>(block.mask[r * features + f]);
        }
        scores[static_cast<std::size_t>(block.begin + r)] = sum / std::max(1.0, there);
      }
    });
    moment.fraction =
        static_cast<double>(block.begin + block.count) / static_cast<double>(rows.size());
    if (progress) progress(moment);
  });
  return scores;
}

}  // namespace hourglass
