#include "train/code_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/effective_rank.h"
#include "linalg/nearest_neighbours.h"
#include "network/inference.h"
#include "network/jacobian.h"
#include "network/layer_kind.h"
#include "train/evaluate.h"

namespace hourglass {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kZero = 1e-6;
constexpr double kNearZero = 0.01;   // of the largest activation
constexpr double kSaturated = 0.01;  // of the activation's range
constexpr Index kMostPairedRows = 1000;
// Multiplications spent on Jacobians: below a second.
constexpr double kJacobianBudget = 1e10;
constexpr Index kMostJacobianRows = 1000;
constexpr Index kFewestJacobianRows = 16;
// 128 MiB of float32, and the rows that are worth more.
constexpr Index kMostSpreadNumbers = Index{1} << 25;
constexpr Index kFewestSpreadRows = 16;

// How near a bound counts as saturated. A bound on one side alone has no range to measure by: the
// activation's unit slope does.
double saturation_margin(const ActivationInfo& activation) {
  const bool both = std::isfinite(activation.lowest) && std::isfinite(activation.highest);
  return kSaturated * (both ? activation.highest - activation.lowest : 1);
}

bool is_bounded(const ActivationInfo& activation) {
  return std::isfinite(activation.lowest) || std::isfinite(activation.highest);
}

Index count_dead(MatrixView<const float> codes) {
  Index dead = 0;
  for (Index k = 0; k < codes.cols; ++k) {
    Index r = 1;
    while (r < codes.rows && codes.at(r, k) == codes.at(0, k)) ++r;
    if (r >= codes.rows) ++dead;
  }
  return dead;
}

double distance(const float* a, const float* b, Index size) {
  double sum = 0;
  for (Index i = 0; i < size; ++i) {
    const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

}  // namespace

CodeStatistics measure_codes(MatrixView<const float> codes, Activation activation) {
  const ActivationInfo& bounds = info(activation);
  const double margin = saturation_margin(bounds);
  double largest = 0;
  for (Index i = 0; i < codes.rows * codes.cols; ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(codes.data[i])));
  }
  double zeros = 0;
  double near_zeros = 0;
  double saturated = 0;
  double sum = 0;
  for (Index i = 0; i < codes.rows * codes.cols; ++i) {
    const double h = codes.data[i];
    sum += h;
    if (std::abs(h) < kZero) ++zeros;
    if (std::abs(h) < kNearZero * largest || h == 0) ++near_zeros;
    if (h <= bounds.lowest + margin || h >= bounds.highest - margin) ++saturated;
  }
  const double count = static_cast<double>(std::max<Index>(1, codes.rows * codes.cols));
  CodeStatistics statistics;
  statistics.effective_rank = effective_rank(codes);
  statistics.zero_share = zeros / count;
  statistics.near_zero_share = near_zeros / count;
  statistics.mean_activation = sum / count;
  statistics.saturated_share = is_bounded(bounds) ? saturated / count : kNone;
  statistics.dead_units = count_dead(codes);
  return statistics;
}

double measured_contraction(MatrixView<const float> samples, MatrixView<const float> codes,
                            ThreadPool& pool) {
  // The nearest row is the row itself, unless it stands there twice.
  constexpr Index kNearest = 4;
  if (samples.rows < 2) return kNone;
  const Neighbours near =
      nearest_neighbours(samples, samples, std::min(kNearest, samples.rows), pool);
  std::vector<double> ratios;
  for (Index r = 0; r < samples.rows; ++r) {
    for (Index i = 0; i < near.rows.cols(); ++i) {
      if (near.squared_distance.at(r, i) <= 0) continue;
      const Index other = near.rows.at(r, i);
      ratios.push_back(distance(codes.row(r), codes.row(other), codes.cols) /
                       std::sqrt(near.squared_distance.at(r, i)));
      break;
    }
  }
  if (ratios.empty()) return kNone;
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::nth_element(ratios.begin(), middle, ratios.end());
  return *middle;
}

double mean_jacobian_norm(const Network<float>& network, MatrixView<const float> samples,
                          ThreadPool& pool) {
  double sum = 0;
  for (const double norm : encoder_jacobian_norms(network, samples, pool)) sum += norm;
  return sum / static_cast<double>(samples.rows);
}

Index affordable_jacobians(const Network<float>& network) {
  const double affordable = kJacobianBudget / encoder_jacobian_cost(network);
  if (affordable >= static_cast<double>(kMostJacobianRows)) return kMostJacobianRows;
  return std::max(kFewestJacobianRows, static_cast<Index>(affordable));
}

Matrix<float> spread_samples(const Samples& samples, Index most) {
  const Index affordable = std::max(kFewestSpreadRows, kMostSpreadNumbers / samples.features());
  const Index count = std::min({most, affordable, samples.rows()});
  Matrix<float> picked(count, samples.features());
  for (Index i = 0; i < count; ++i) {
    const Index sample = i * samples.rows() / count;
    samples.read(sample, sample + 1, picked.row(i), nullptr);
  }
  return picked;
}

Activation code_activation(const NetworkSpec& network) {
  for (Index i = static_cast<Index>(network.encoder.size()) - 1; i >= 0; --i) {
    if (layer_layout(network, i).weight_rows > 0) return network.layer(i).activation;
  }
  return Activation::kIdentity;
}

Matrix<float> codes_of(const Network<float>& network, const Samples& samples, ThreadPool& pool) {
  const Index latent_dim = network.spec().latent_dim();
  Inference<float> inference(network, false, pool);
  Matrix<float> codes(samples.rows(), latent_dim);
  for_each_block(samples, [&](const float* block, const float*, Index count, Index begin) {
    inference.encode({block, count, samples.features()}, {codes.row(begin), count, latent_dim});
  });
  return codes;
}

CodeSummary summarise_codes(const Network<float>& network, const Samples& samples,
                            ThreadPool& pool) {
  CodeSummary summary;
  if (samples.rows() == 0) return summary;
  const CodeStatistics statistics =
      measure_codes(codes_of(network, samples, pool), code_activation(network.spec()));
  summary.rows = samples.rows();
  summary.effective_rank = statistics.effective_rank;
  summary.zero_share = statistics.zero_share;
  summary.near_zero_share = statistics.near_zero_share;
  summary.mean_activation = statistics.mean_activation;
  summary.saturated_share = statistics.saturated_share;
  summary.jacobian_norm =
      mean_jacobian_norm(network, spread_samples(samples, affordable_jacobians(network)), pool);

  const Matrix<float> paired = spread_samples(samples, kMostPairedRows);
  Matrix<float> paired_codes(paired.rows(), network.spec().latent_dim());
  Inference<float>(network, false, pool).encode(paired, paired_codes.view());
  summary.contraction = measured_contraction(paired, paired_codes, pool);
  return summary;
}

}  // namespace hourglass
