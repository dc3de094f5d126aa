#include "train/compare_with_pca.h"

#include <algorithm>

#include "linalg/pca.h"

namespace hourglass {
namespace {

constexpr Index kMostFittedRows = 20000;

// Reads every `rows/kept`-th sample.
RowBlockReader spread_reader(const Samples& samples, Index kept) {
  return [&samples, kept](Index begin, Index end, float* out) {
    for (Index i = begin; i < end; ++i) {
      const Index sample = i * samples.rows() / kept;
      samples.read(sample, sample + 1, out + (i - begin) * samples.features(), nullptr);
    }
  };
}

}  // namespace

PcaComparison compare_with_pca(const Samples& training, const Samples& held_out, Index latent_dim,
                               std::uint64_t seed) {
  const Index features = training.features();
  const Index fitted_rows = std::min(training.rows(), kMostFittedRows);
  const Pca pca = fit_pca(fitted_rows, features, spread_reader(training, fitted_rows),
                          std::min(latent_dim, features), 2048, seed);
  PcaComparison comparison;
  comparison.feature_error =
      pca_feature_error(pca, held_out.rows(), spread_reader(held_out, held_out.rows()));
  for (const double error : comparison.feature_error) comparison.mean_squared_error += error;
  comparison.mean_squared_error /= static_cast<double>(features);
  return comparison;
}

}  // namespace hourglass
