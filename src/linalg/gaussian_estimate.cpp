#include "linalg/gaussian_estimate.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "linalg/eigen_views.h"

namespace hourglass {
namespace {

// Of the largest variance: what is below is rounding.
constexpr double kLeastShare = 1e-9;

// Some columns of the components: count × columns.
RowMajor columns_of(const GaussianEstimate& estimate, const std::vector<Index>& columns) {
  RowMajor chosen(estimate.count(), std::ssize(columns));
  for (Index k = 0; k < estimate.count(); ++k) {
    const float* const component = estimate.components.row(k);
    for (Index i = 0; i < std::ssize(columns); ++i) {
      chosen(k, i) = component[columns[static_cast<std::size_t>(i)]];
    }
  }
  return chosen;
}

std::vector<Index> others(const std::vector<Index>& some, Index count) {
  std::vector<Index> rest;
  auto next = some.begin();
  for (Index i = 0; i < count; ++i) {
    if (next != some.end() && *next == i) {
      ++next;
    } else {
      rest.push_back(i);
    }
  }
  return rest;
}

}  // namespace

GaussianEstimate gaussian_from(const Pca& pca, double noise) {
  HOURGLASS_CHECK(noise > 0);
  const auto varies = [&](double variance) {
    return variance > kLeastShare * pca.variance.front();
  };
  const Index count = std::ranges::count_if(pca.variance, varies);
  GaussianEstimate estimate;
  estimate.mean = pca.mean;
  estimate.noise = noise;
  estimate.variance.assign(pca.variance.begin(), pca.variance.begin() + count);
  estimate.components = Matrix<float>(count, pca.components.cols());
  std::copy_n(pca.components.data(), count * pca.components.cols(), estimate.components.data());
  return estimate;
}

ConditionalMean::ConditionalMean(const GaussianEstimate& estimate, std::vector<Index> missing)
    : estimate_(estimate), missing_(std::move(missing)), noise_(estimate.noise) {
  HOURGLASS_CHECK(!missing_.empty() && missing_.back() < estimate.features());
  const Index count = estimate.count();
  products_ = Matrix<double>(count, by_code() ? count : std::ssize(missing_));
  auto products = view_of(products_);
  if (!by_code()) {
    products = columns_of(estimate, missing_);
  } else if (2 * std::ssize(missing_) < estimate.features()) {
    // Together with what the missing ones add, it is the identity.
    products.setIdentity();
    products.selfadjointView<Eigen::Lower>().rankUpdate(columns_of(estimate, missing_), -1);
  } else {
    const std::vector<Index> known = others(missing_, estimate.features());
    products.selfadjointView<Eigen::Lower>().rankUpdate(columns_of(estimate, known));
  }
  expect_noise(noise_);
}

void ConditionalMean::expect_noise(double noise) {
  noise_ = noise;
  const Eigen::Map<const Eigen::ArrayXd> variance(estimate_.variance.data(), estimate_.count());
  const auto products = view_of(products_);
  factor_ = Matrix<double>(products.cols(), products.cols());
  Eigen::Ref<RowMajor> system = view_of(factor_);
  if (by_code()) {
    system = products;
    system.diagonal().array() += noise / variance;
  } else {
    const RowMajor weighted =
        (variance / (variance + noise)).sqrt().matrix().asDiagonal() * products;
    system.setIdentity();
    system.selfadjointView<Eigen::Lower>().rankUpdate(weighted.transpose(), -1);
  }
  const Eigen::LLT<Eigen::Ref<RowMajor>> in_place(system);
  solvable_ = in_place.info() == Eigen::Success;
}

// U_k d_k
std::vector<double> ConditionalMean::project(const float* values) const {
  std::vector<double> difference(estimate_.mean.size());
  for (std::size_t f = 0; f < difference.size(); ++f) {
    difference[f] = static_cast<double>(values[f]) - estimate_.mean[f];
  }
  for (const Index f : missing_) difference[static_cast<std::size_t>(f)] = 0;
  std::vector<double> projection;
  for (Index k = 0; k < estimate_.count(); ++k) {
    const float* const component = estimate_.components.row(k);
    double sum = 0;
    for (std::size_t f = 0; f < difference.size(); ++f) sum += component[f] * difference[f];
    projection.push_back(sum);
  }
  return projection;
}

bool ConditionalMean::put_into(float* values) const {
  if (!solvable_) return false;
  const std::vector<double> projection = project(values);
  const Eigen::Map<const Eigen::VectorXd> known(projection.data(), estimate_.count());
  const Eigen::Map<const Eigen::ArrayXd> variance(estimate_.variance.data(), estimate_.count());
  const auto factor = view_of(factor_).triangularView<Eigen::Lower>();
  const auto solve = [&](Eigen::VectorXd right) {
    factor.solveInPlace(right);
    factor.transpose().solveInPlace(right);
    return right;
  };
  Eigen::VectorXd found;
  if (by_code()) {
    found = columns_of(estimate_, missing_).transpose() * solve(known);
  } else {
    const Eigen::VectorXd weighted = (variance / (variance + noise_)).matrix().cwiseProduct(known);
    found = solve(view_of(products_).transpose() * weighted);
  }
  std::vector<float> means;
  for (Index i = 0; i < found.size(); ++i) {
    const Index feature = missing_[static_cast<std::size_t>(i)];
    means.push_back(
        static_cast<float>(estimate_.mean[static_cast<std::size_t>(feature)] + found[i]));
  }
  if (!std::ranges::all_of(means, [](float mean) { return std::isfinite(mean); })) return false;
  for (std::size_t i = 0; i < means.size(); ++i) values[missing_[i]] = means[i];
  return true;
}

}  // namespace hourglass
