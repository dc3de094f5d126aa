#include "linalg/effective_rank.h"

#include <cmath>

#include "linalg/eigen_views.h"

namespace hourglass {

double effective_rank(MatrixView<const float> rows) {
  if (rows.rows < 2) return 0;
  using Rows =
      Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  Eigen::MatrixXd centred = Rows(rows.data, rows.rows, rows.cols).cast<double>();
  centred.rowwise() -= centred.colwise().mean().eval();
  // XᵀX and XXᵀ have the same eigenvalues but for zeros: the smaller one is decomposed.
  const Index size = std::min(rows.rows, rows.cols);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(size, size);
  if (rows.cols <= rows.rows) {
    products.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
  } else {
    products.selfadjointView<Eigen::Lower>().rankUpdate(centred);
  }
  const double total = products.trace();
  if (!(total > 0)) return 0;
  const Eigen::VectorXd eigenvalues =
      Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(products, Eigen::EigenvaluesOnly)
          .eigenvalues();
  double entropy = 0;
  for (const double eigenvalue : eigenvalues) {
    const double share = eigenvalue / total;
    if (share > 0) entropy -= share * std::log(share);
  }
  return std::exp(entropy);
}

}  // namespace hourglass
