#include "linalg/pca_solvers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/random.h"
#include "kernel/dense.h"
#include "kernel/elementwise.h"

namespace hourglass {
namespace {

// A block holds about 16 MiB of float64.
Index rows_in_block(Index rows, Index features) {
  constexpr Index kNumbers = Index{2} << 20;
  return std::min(rows, std::clamp<Index>(kNumbers / features, 16, 4096));
}

// Eigenvectors are known up to their sign: the coefficient of largest magnitude is made positive.
void fix_signs(Eigen::MatrixXd& directions) {
  for (Index k = 0; k < directions.cols(); ++k) {
    Index largest = 0;
    directions.col(k).cwiseAbs().maxCoeff(&largest);
    if (directions(largest, k) < 0) directions.col(k) *= -1;
  }
}

// The `count` largest of a symmetric matrix, of which the lower triangle is read.
Spectrum leading(const Eigen::MatrixXd& symmetric, Index count) {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(symmetric);
  return {solver.eigenvalues().tail(count).reverse(),
          solver.eigenvectors().rightCols(count).rowwise().reverse()};
}

}  // namespace

CentredRows::CentredRows(Index rows, Eigen::VectorXd mean, const RowBlockReader& read)
    : rows_(rows),
      mean_(std::move(mean)),
      block_rows_(rows_in_block(rows, mean_.size())),
      read_(read) {}

CentredRows::CentredRows(Index rows, Index features, const RowBlockReader& read)
    : CentredRows(rows, Eigen::VectorXd::Zero(features), read) {
  // Sums about the first row, so that a large common offset costs no digits.
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(features);
  Eigen::VectorXd squares = sum;
  Eigen::VectorXd first;
  visit([&](Index begin, const RowMajor& block) {
    if (begin == 0) first = block.row(0).transpose();
    const RowMajor difference = block.rowwise() - first.transpose();
    sum += difference.colwise().sum().transpose();
    squares += difference.colwise().squaredNorm().transpose();
  });
  const double n = static_cast<double>(rows);
  mean_ = first + sum / n;
  squares_ = (squares - sum.cwiseProduct(sum) / n).cwiseMax(0).sum();
}

void CentredRows::visit(Index begin, Index end, const Visitor& use) const {
  std::vector<float> values(static_cast<std::size_t>(block_rows_ * features()));
  using Block =
      Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  for (Index at = begin; at < end; at += block_rows_) {
    const Index count = std::min(block_rows_, end - at);
    read_(at, at + count, values.data());
    const RowMajor block =
        Block(values.data(), count, features()).cast<double>().rowwise() - mean_.transpose();
    use(at, block);
  }
}

Spectrum solve_covariance(const CentredRows& data, Index latent_dim) {
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(data.features(), data.features());
  data.visit([&](Index, const RowMajor& block) {
    products.selfadjointView<Eigen::Lower>().rankUpdate(block.transpose());
  });
  Spectrum spectrum = leading(products, latent_dim);
  fix_signs(spectrum.directions);
  return spectrum;
}

Spectrum solve_gram(const CentredRows& data, Index latent_dim) {
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(data.rows(), data.rows());
  data.visit([&](Index first, const RowMajor& left) {
    data.visit(0, first + left.rows(), [&](Index second, const RowMajor& right) {
      products.block(first, second, left.rows(), right.rows()).noalias() = left * right.transpose();
    });
  });
  const Spectrum rows = leading(products, latent_dim);
  // Xᵀu for an eigenvector u of XXᵀ is one of XᵀX, times the root of the eigenvalue.
  Eigen::MatrixXd directions = Eigen::MatrixXd::Zero(data.features(), latent_dim);
  data.visit([&](Index first, const RowMajor& block) {
    directions.noalias() += block.transpose() * rows.directions.middleRows(first, block.rows());
  });
  Spectrum spectrum{rows.squares, orthonormal_columns(directions)};
  fix_signs(spectrum.directions);
  return spectrum;
}

namespace {

// X·B and Xᵀ·(X·B) of one block of rows after another by the kernels training uses, in float32:
// they are many times as fast as Eigen built for any machine, and directions need no more digits
// where what they keep is measured in float64 afterwards.
class FastProducts {
 public:
  FastProducts(Index block_rows, Index features, Index width)
      : block_(block_rows, features),
        scores_(block_rows, width),
        basis_(features, width),
        sums_(features, width),
        row_major_(static_cast<std::size_t>(std::max(block_rows * features, features * width))) {}

  // features × width.
  void set_basis(const Eigen::MatrixXd& basis) {
    to_float_panels(basis, basis_.view());
    accumulate_ = false;
  }

  void add(const RowMajor& block) {
    const Range rows{0, block.rows()};
    to_float_panels(block, block_.view().first_rows(block.rows()));
    DenseForward<float> project;
    project.input = block_.view().first_rows(block.rows());
    project.weights = basis_.view();
    project.output = scores_.view().first_rows(block.rows());
    dense_forward(project, rows);
    DenseBackwardWeights<float> gather;
    gather.input = project.input;
    gather.output_gradient = project.output;
    gather.weight_gradient = sums_.view();
    gather.accumulate = accumulate_;
    dense_backward_weights(gather, {0, sums_.rows()}, {0, panel_count(sums_.cols())});
    accumulate_ = true;
  }

  // Σ Xᵀ·(X·B) over the blocks added since set_basis(): features × width.
  Eigen::MatrixXd sums() {
    from_panels<float>(sums_.view(), row_major_.data(), sums_.cols(), {0, sums_.rows()});
    return FloatRows(row_major_.data(), sums_.rows(), sums_.cols()).cast<double>();
  }

 private:
  using FloatRows =
      Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

  template <class Numbers>
  void to_float_panels(const Numbers& numbers, Panels<float> panels) {
    FloatRows(row_major_.data(), numbers.rows(), numbers.cols()) = numbers.template cast<float>();
    to_panels<float>(row_major_.data(), numbers.cols(), panels, {0, numbers.rows()});
  }

  PanelMatrix<float> block_, scores_, basis_, sums_;
  std::vector<float> row_major_;
  bool accumulate_ = false;
};

}  // namespace

Spectrum solve_randomised(const CentredRows& data, Index latent_dim, std::uint64_t seed) {
  constexpr Index kOversampling = 10;
  constexpr int kIterations = 6;
  const Index width = std::min({latent_dim + kOversampling, data.features(), data.rows()});
  Eigen::MatrixXd basis(data.features(), width);
  RandomStream stream(seed, RandomPurpose::kProbe);
  for (Index i = 0; i < basis.size(); ++i) basis.data()[i] = stream.normal();
  basis = orthonormal_columns(basis);

  FastProducts products(data.block_rows(), data.features(), width);
  for (int i = 0; i < kIterations; ++i) {
    products.set_basis(basis);
    data.visit([&](Index, const RowMajor& block) { products.add(block); });
    basis = orthonormal_columns(products.sums());
  }
  Eigen::MatrixXd scores_products = Eigen::MatrixXd::Zero(width, width);
  data.visit([&](Index, const RowMajor& block) {
    const Eigen::MatrixXd scores = block * basis;
    scores_products.noalias() += scores.transpose() * scores;
  });
  // Rayleigh–Ritz: the best directions within the span.
  const Spectrum within = leading(scores_products, latent_dim);
  Spectrum spectrum{within.squares, basis * within.directions};
  fix_signs(spectrum.directions);
  return spectrum;
}

}  // namespace hourglass
