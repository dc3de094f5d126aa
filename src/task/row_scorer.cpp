#include "task/row_scorer.h"

#include <algorithm>
#include <cmath>

#include "kernel/row_scaling.h"

namespace hourglass {
namespace {

// Keeps a score finite where a reconstruction overflows.
constexpr double kLargestError = 1e30;

// Reconstructions where the cell was there, else the 0 that the features hold: no error.
void where_there(Panels<const float> reconstructions, Panels<const float> mask, Index count,
                 Panels<float> out) {
  for (Index p = 0; p < out.panels(); ++p) {
    const float* from = reconstructions.panel(p);
    const float* there = mask.panel(p);
    std::transform(from, from + count * kPanelWidth, there, out.panel(p),
                   [](float x, float mask_value) { return mask_value == 0 ? 0.0F : x; });
  }
}

constexpr double kSmallestError = 1e-12;

}  // namespace

double log_of(double error) { return std::log(std::max(error, kSmallestError)); }

RowScorer::RowScorer(const TrainedModel& model, ThreadPool& pool)
    : inference_(model.networks, model.saved.spec.step, pool),
      reference_codes_(model.reference_codes),
      features_(model.saved.encoding.features),
      weights_(error_weights(model)),
      there_(static_cast<std::size_t>(pool.size())) {}

void RowScorer::score(const EncodedRows& block, double* scores) {
  const bool by_codes = !reference_codes_.empty();
  if (inference_.members() == 1 && !by_codes) return judge_by(0, block, scores, nullptr);
  const auto rows = static_cast<std::size_t>(block.count);
  std::vector<double> errors(rows);
  std::vector<double> distances(by_codes ? rows : 0);
  std::fill_n(scores, rows, 0.0);
  for (Index member = 0; member < inference_.members(); ++member) {
    judge_by(member, block, errors.data(), by_codes ? distances.data() : nullptr);
    for (std::size_t r = 0; r < rows; ++r) scores[r] += log_of(errors[r]);
    for (std::size_t r = 0; r < distances.size(); ++r) scores[r] += log_of(distances[r]);
  }
  const auto judgements = static_cast<double>(inference_.members() * (by_codes ? 2 : 1));
  for (std::size_t r = 0; r < rows; ++r) scores[r] = std::exp(scores[r] / judgements);
}

void RowScorer::judge_by(Index member, const EncodedRows& block, double* errors,
                         double* distances) {
  Panels<const float> reconstructions = inference_.reconstruct_by(
      member, block.features, block.worker, distance_taker(reference_codes_, member, distances));
  if (block.mask) {
    PanelMatrix<float>& there = there_[static_cast<std::size_t>(block.worker)];
    if (there.empty()) there = PanelMatrix<float>(block_rows(), features_);
    where_there(reconstructions, block.mask, block.count, there.view());
    reconstructions = there.view().first_rows(block.count);
  }
  weighted_square_sums(block.features, reconstructions,
                       weights_[static_cast<std::size_t>(member)].data(), kLargestError, errors,
                       block.count);
  for (Index r = 0; r < block.count; ++r) {
    errors[r] /= std::max(1.0, features_there(block, r));
  }
}

std::function<void(Panels<const float>)> distance_taker(const ReferencePoints& reference_codes,
                                                        Index member, double* distances) {
  if (reference_codes.empty()) return {};
  return [kept = reference_codes[static_cast<std::size_t>(member)],
          distances](Panels<const float> codes) {
    kept->squared_distances(codes, distances);
    for (Index r = 0; r < codes.rows; ++r) {
      distances[r] = distances[r] < kLargestError ? distances[r] : kLargestError;
    }
  };
}

double features_there(const EncodedRows& block, Index r) {
  if (!block.mask) return static_cast<double>(block.features.cols);
  double there = 0;
  for (Index f = 0; f < block.mask.cols; ++f) there += static_cast<double>(block.mask.at(r, f));
  return there;
}

void standardised_errors(const EncodedRows& block, Panels<const float> reconstructions, Index r,
                         const std::vector<double>& weights, double* errors) {
  for (Index f = 0; f < block.features.cols; ++f) {
    const double residual = static_cast<double>(block.features.at(r, f)) -
                            static_cast<double>(reconstructions.at(r, f));
    const double error = residual * residual * weights[static_cast<std::size_t>(f)];
    const bool there = !block.mask || block.mask.at(r, f) != 0;
    errors[f] = there ? (error < kLargestError ? error : kLargestError) : 0;
  }
}

std::vector<std::vector<double>> error_weights(const TrainedModel& model) {
  const Index features = model.saved.encoding.features;
  const double* scale = model.saved.calibration.feature_scale.data();
  std::vector<std::vector<double>> weights(
      static_cast<std::size_t>(model.members()),
      std::vector<double>(static_cast<std::size_t>(padded_cols(features))));
  const bool scaled = !model.saved.calibration.feature_scale.empty();
  for (std::vector<double>& member : weights) {
    if (!scaled) {
      std::fill_n(member.begin(), features, 1.0);
      continue;
    }
    std::transform(scale, scale + features, member.begin(), [](double s) { return 1 / (s * s); });
    scale += features;
  }
  return weights;
}

}  // namespace hourglass
