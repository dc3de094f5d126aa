#include "train/compare_with_pca.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "linalg/pca.h"

namespace hourglass {
namespace {

constexpr Index kMostFittedRows = 20000;
// Beyond this the exact decomposition takes longer than many a training; what subspace iteration
// finds instead leaves the error the same to four digits.
constexpr Index kExactPca = 512;

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
                          std::min(latent_dim, features), kExactPca, seed);
  PcaComparison comparison;
  // What the components leave of the variance is the error on these rows.
  const double left =
      std::accumulate(pca.variance.begin(), pca.variance.end(), pca.total_variance, std::minus<>());
  const auto n = static_cast<double>(fitted_rows);
  comparison.fitted_mean_squared_error =
      std::max(0.0, left) * (n - 1) / n / static_cast<double>(features);
  comparison.feature_error =
      pca_feature_error(pca, held_out.rows(), spread_reader(held_out, held_out.rows()));
  for (const double error : comparison.feature_error) comparison.mean_squared_error += error;
  comparison.mean_squared_error /= static_cast<double>(features);
  return comparison;
}

}  // namespace hourglass
