#include "train/compare_with_pca.h"

#include <algorithm>

#include "linalg/pca.h"
#include "train/evaluate.h"

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

// Squared error of each feature of one sample: x − mean, onto the components, and back.
void add_squared_errors(const Pca& pca, const float* sample, std::vector<double>& centred,
                        std::vector<double>& sums) {
  const Index features = pca.components.cols();
  for (Index f = 0; f < features; ++f) {
    const auto i = static_cast<std::size_t>(f);
    centred[i] = static_cast<double>(sample[f]) - pca.mean[i];
  }
  // The components are orthonormal, so what each explains can be taken off in turn.
  for (Index k = 0; k < pca.latent_dim(); ++k) {
    const double* component = pca.components.row(k);
    double score = 0;
    for (Index f = 0; f < features; ++f)
      score += component[f] * centred[static_cast<std::size_t>(f)];
    for (Index f = 0; f < features; ++f)
      centred[static_cast<std::size_t>(f)] -= score * component[f];
  }
  for (std::size_t f = 0; f < centred.size(); ++f) sums[f] += centred[f] * centred[f];
}

}  // namespace

PcaComparison compare_with_pca(const Samples& training, const Samples& held_out, Index latent_dim,
                               std::uint64_t seed) {
  const Index features = training.features();
  const Index fitted_rows = std::min(training.rows(), kMostFittedRows);
  const Pca pca = fit_pca(fitted_rows, features, spread_reader(training, fitted_rows),
                          std::min(latent_dim, features), 2048, seed);
  PcaComparison comparison;
  std::vector<double> centred(static_cast<std::size_t>(features));
  std::vector<double> sums(static_cast<std::size_t>(features));
  for_each_block(held_out, [&](const float* block, const float*, Index count, Index) {
    for (Index r = 0; r < count; ++r) add_squared_errors(pca, block + r * features, centred, sums);
  });
  for (const double sum : sums) {
    comparison.feature_error.push_back(sum / static_cast<double>(held_out.rows()));
    comparison.mean_squared_error += comparison.feature_error.back();
  }
  comparison.mean_squared_error /= static_cast<double>(features);
  return comparison;
}

}  // namespace hourglass
