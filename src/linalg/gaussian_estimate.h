#pragma once

#include <iterator>
#include <vector>

#include "linalg/pca.h"
#include "tensor/matrix.h"

namespace hourglass {

/// A normal distribution of samples: covariance = principal components of some variance each, and
/// white noise in every feature. With it what is missing of a sample can be told from what is known
/// as well as any linear rule can (probabilistic PCA: Tipping & Bishop 1999; the noise keeps small
/// variances, of which few samples say little, from being believed).
struct GaussianEstimate {
  std::vector<double> mean;      ///< features
  Matrix<float> components;      ///< count × features, orthonormal rows
  std::vector<double> variance;  ///< count, along each, positive
  double noise = 0;              ///< variance of each feature beside those, positive

  Index count() const { return components.rows(); }
  Index features() const { return components.cols(); }
};

/// The components of a PCA along which anything varies; `noise` is positive.
GaussianEstimate gaussian_from(const Pca& pca, double noise);

/// The mean of what is missing of samples, given the rest of them. With U the components, Λ their
/// variances, m the missing features, k the known ones, and d = x − μ, of few missing
///   d_m = (I − U_mᵀDU_m)⁻¹ U_mᵀD U_k d_k,  D = Λ/(Λ + noise),
/// and of more than there are components the same by way of the code
///   z = (U_kU_kᵀ + noise/Λ)⁻¹ U_k d_k,  d_m = U_mᵀz.
/// Refers to the estimate. put_into() may be called from several threads.
class ConditionalMean {
 public:
  /// `missing`: ascending positions, at least one.
  ConditionalMean(const GaussianEstimate& estimate, std::vector<Index> missing);

  /// Another noise than the estimate's from now on.
  void expect_noise(double noise);

  /// Puts the mean where values, of which there are `features`, are missing. False, and nothing is
  /// changed, where there is none in finite numbers: values are huge, or components not
  /// orthonormal.
  bool put_into(float* values) const;

 private:
  bool by_code() const { return std::ssize(missing_) > estimate_.count(); }
  std::vector<double> project(const float* values) const;

  const GaussianEstimate& estimate_;
  std::vector<Index> missing_;
  double noise_;
  Matrix<double> products_;  // by code U_kU_kᵀ, else U_m: count × missing
  Matrix<double> factor_;    // lower triangle: Cholesky's of the system
  bool solvable_ = false;
};

}  // namespace hourglass
