#pragma once

#include <Eigen/Dense>
#include <algorithm>

#include "tensor/matrix.h"

namespace hourglass {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

inline Eigen::Map<RowMajor> view_of(Matrix<double>& m) { return {m.data(), m.rows(), m.cols()}; }
inline Eigen::Map<const RowMajor> view_of(const Matrix<double>& m) {
  return {m.data(), m.rows(), m.cols()};
}

/// An orthonormal basis of the columns' span (n × k, k ≤ n), by Householder reflections: column j
/// is ± the j-th column if that was orthonormal to the earlier ones already, and where the columns
/// are dependent the basis is completed by some other directions.
inline Eigen::MatrixXd orthonormal_columns(const Eigen::MatrixXd& columns) {
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(columns);
  return qr.householderQ() * Eigen::MatrixXd::Identity(columns.rows(), columns.cols());
}

}  // namespace hourglass
