#pragma once

#include <Eigen/Dense>
#include <functional>

#include "linalg/eigen_views.h"
#include "linalg/pca.h"

namespace hourglass {

/// The data less its mean, X (rows × features), read in blocks of bounded memory as float64.
class CentredRows {
 public:
  /// Reads once to find the mean and Σ ‖row − mean‖².
  CentredRows(Index rows, Index features, const RowBlockReader& read);
  /// With a mean known already.
  CentredRows(Index rows, Eigen::VectorXd mean, const RowBlockReader& read);

  Index rows() const { return rows_; }
  Index features() const { return mean_.size(); }
  const Eigen::VectorXd& mean() const { return mean_; }
  double squares() const { return squares_; }
  Index block_rows() const { return block_rows_; }

  /// Calls use(first row, block) for consecutive blocks of rows in [begin, end); by default all.
  using Visitor = std::function<void(Index, const RowMajor&)>;
  void visit(const Visitor& use) const { visit(0, rows_, use); }
  void visit(Index begin, Index end, const Visitor& use) const;

 private:
  const Index rows_;
  Eigen::VectorXd mean_;
  double squares_ = 0;
  const Index block_rows_;
  const RowBlockReader& read_;
};

/// The leading eigenvalues of XᵀX, falling, and their eigenvectors: features × latent_dim,
/// orthonormal, each with its largest coefficient positive.
struct Spectrum {
  Eigen::VectorXd squares;
  Eigen::MatrixXd directions;
};
Spectrum solve_covariance(const CentredRows& data, Index latent_dim);  ///< XᵀX itself
Spectrum solve_gram(const CentredRows& data, Index latent_dim);        ///< XXᵀ, for few rows
/// Subspace iteration on a random start (Halko, Martinsson & Tropp 2011, algorithm 4.4 on XᵀX).
Spectrum solve_randomised(const CentredRows& data, Index latent_dim, std::uint64_t seed);

}  // namespace hourglass
