#include "linalg/pca.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "linalg/eigen_views.h"
#include "linalg/pca_solvers.h"

namespace hourglass {

Pca fit_pca(Index rows, Index features, const RowBlockReader& read, Index latent_dim,
            Index exact_limit, std::uint64_t seed) {
  HOURGLASS_CHECK(rows > 0 && features > 0 && latent_dim > 0);
  const CentredRows data(rows, features, read);
  const Index smaller = std::min(rows, features);
  latent_dim = std::min(latent_dim, smaller);
  const Spectrum spectrum = smaller > exact_limit ? solve_randomised(data, latent_dim, seed)
                            : rows < features     ? solve_gram(data, latent_dim)
                                                  : solve_covariance(data, latent_dim);
  const double divisor = static_cast<double>(std::max<Index>(rows - 1, 1));
  Pca pca;
  pca.mean.assign(data.mean().begin(), data.mean().end());
  pca.total_variance = data.squares() / divisor;
  pca.components = Matrix<double>(latent_dim, features);
  for (Index k = 0; k < latent_dim; ++k) {
    // Squares are never negative; rounding may say otherwise of those that are zero.
    pca.variance.push_back(std::max(0.0, spectrum.squares[k]) / divisor);
    view_of(pca.components).row(k) = spectrum.directions.col(k).transpose();
  }
  return pca;
}

std::vector<double> pca_feature_error(const Pca& pca, Index rows, const RowBlockReader& read) {
  HOURGLASS_CHECK(rows > 0);
  const auto features = static_cast<Index>(pca.mean.size());
  const auto components = view_of(pca.components);
  const CentredRows data(rows, Eigen::Map<const Eigen::VectorXd>(pca.mean.data(), features), read);
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(features);
  data.visit([&](Index, const RowMajor& block) {
    const RowMajor scores = block * components.transpose();
    sums += (block - scores * components).colwise().squaredNorm().transpose();
  });
  sums /= static_cast<double>(rows);
  return {sums.begin(), sums.end()};
}

double pca_squared_error(const Pca& pca, Index rows, const RowBlockReader& read) {
  const std::vector<double> errors = pca_feature_error(pca, rows, read);
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

double largest_principal_angle(const Matrix<double>& a, const Matrix<double>& b) {
  HOURGLASS_CHECK(a.cols() == b.cols() && a.rows() > 0 && b.rows() > 0);
  const Matrix<double>& larger = a.rows() >= b.rows() ? a : b;
  const Matrix<double>& smaller = a.rows() >= b.rows() ? b : a;
  const Eigen::MatrixXd q = orthonormal_columns(view_of(larger).transpose());
  const Eigen::MatrixXd p = orthonormal_columns(view_of(smaller).transpose());
  const Eigen::MatrixXd cosines = q.transpose() * p;
  const double cosine = Eigen::JacobiSVD<Eigen::MatrixXd>(cosines).singularValues().minCoeff();
  // The cosine says little of a small angle (1 − θ²/2): there the sine is used.
  if (cosine * cosine < 0.5) return std::acos(std::clamp(cosine, 0.0, 1.0));
  const Eigen::MatrixXd rest = p - q * cosines;
  const double sine =
      std::sqrt(Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(rest.transpose() * rest)
                    .eigenvalues()
                    .maxCoeff());
  return std::asin(std::clamp(sine, 0.0, 1.0));
}

}  // namespace hourglass
