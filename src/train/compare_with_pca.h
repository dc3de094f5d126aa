#pragma once

#include <vector>

#include "data/samples.h"

namespace hourglass {

/// PCA with `latent_dim` components, fitted to at most 20,000 evenly spaced training rows, measured
/// on `held_out` in the same scaled units as the model.
struct PcaComparison {
  std::vector<double> feature_error;     ///< features: mean squared error of each
  double mean_squared_error = 0;         ///< mean over rows and features
  double fitted_mean_squared_error = 0;  ///< the same on the rows it was fitted to
};
PcaComparison compare_with_pca(const Samples& training, const Samples& held_out, Index latent_dim,
                               std::uint64_t seed);

/// PCA of data wider than this costs more than the training it is compared with, and is skipped.
inline constexpr Index kWidestPca = 20000;

}  // namespace hourglass
