#pragma once

#include <functional>
#include <vector>

#include "tensor/matrix.h"

namespace hourglass {

/// Principal components: what networks are compared with. No training of one uses them.
struct Pca {
  std::vector<double> mean;   ///< features
  Matrix<double> components;  ///< latent_dim × features, orthonormal rows, by falling variance
  std::vector<double>
      variance;  ///< latent_dim, of the scores along each component (divided by n − 1)
  double total_variance = 0;

  Index latent_dim() const { return components.rows(); }
};

/// Gives a block of rows begin … end − 1 as row-major numbers: how PCA reads data of any size.
using RowBlockReader = std::function<void(Index begin, Index end, float* out)>;

/// Fits by eigen-decomposition of the covariance (or of the Gram matrix when rows < features),
/// exact for up to `exact_limit` of the smaller of the two, beyond it by randomised subspace
/// iteration (Halko et al. 2011) from `seed`. latent_dim is cut to min(rows, features).
Pca fit_pca(Index rows, Index features, const RowBlockReader& read, Index latent_dim,
            Index exact_limit = 2048, std::uint64_t seed = 0);

/// The squared reconstruction error of each feature, mean over rows (at least one).
std::vector<double> pca_feature_error(const Pca& pca, Index rows, const RowBlockReader& read);

/// Its sum over features.
double pca_squared_error(const Pca& pca, Index rows, const RowBlockReader& read);

/// The largest principal angle, in radians, between the row spaces of two matrices with equally
/// many columns (Björck & Golub 1973).
double largest_principal_angle(const Matrix<double>& a, const Matrix<double>& b);

}  // namespace hourglass
