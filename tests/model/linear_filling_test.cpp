#include "model/linear_filling.h"

#include <functional>
#include <gtest/gtest.h>
#include <limits>

#include "hourglass/error.h"

namespace hourglass {
namespace {

Encoding of_pixels(std::size_t count) {
  Encoding encoding;
  encoding.columns.resize(count);
  encoding.lay_out_features();
  return encoding;
}

GaussianEstimate estimate_of_three() {
  GaussianEstimate estimate;
  estimate.mean = {1, 2, 3};
  estimate.variance = {5, 4};
  estimate.noise = 0.5;
  estimate.components = Matrix<float>(2, 3);
  estimate.components.at(0, 1) = estimate.components.at(1, 2) = 1;
  return estimate;
}

LinearFilling read_back(const std::vector<TensorBytes>& list, std::size_t pixels = 3) {
  std::map<std::string, TensorBytes> tensors;
  for (const TensorBytes& tensor : list) tensors.emplace(tensor.name, tensor);
  LinearFilling filling = linear_filling_from(tensors, of_pixels(pixels), "its linear estimate");
  EXPECT_TRUE(tensors.empty());
  return filling;
}

TEST(LinearFilling, ComesBackAsItWas) {
  const GaussianEstimate wanted = estimate_of_three();
  const LinearFilling filling{std::make_shared<const GaussianEstimate>(estimate_of_three()), 0.25};
  const LinearFilling found = read_back(tensors_of(filling));
  EXPECT_EQ(found.network_share, 0.25);
  EXPECT_EQ(found.estimate->mean, wanted.mean);
  EXPECT_EQ(found.estimate->variance, wanted.variance);
  EXPECT_EQ(found.estimate->noise, wanted.noise);
  for (Index i = 0; i < 6; ++i) {
    EXPECT_EQ(found.estimate->components.data()[i], wanted.components.data()[i]);
  }
  EXPECT_FALSE(read_back(tensors_of(LinearFilling{})).estimate);
}

TEST(LinearFilling, MustFitTheColumns) {
  const auto refused = [](const std::function<void(GaussianEstimate&, double&)>& change) {
    GaussianEstimate estimate = estimate_of_three();
    double share = 0.25;
    change(estimate, share);
    const LinearFilling filling{std::make_shared<const GaussianEstimate>(std::move(estimate)),
                                share};
    EXPECT_THROW(read_back(tensors_of(filling)), Error);
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused([](auto& e, double&) { e.mean.pop_back(); });
  refused([&](auto& e, double&) { e.mean[0] = nan; });
  refused([](auto& e, double&) { e.variance.push_back(1); });
  refused([](auto& e, double&) { e.variance[1] = 0; });
  refused([](auto& e, double&) { e.noise = 0; });
  refused([&](auto& e, double&) { e.noise = nan; });
  refused([&](auto& e, double&) { e.components.at(1, 1) = static_cast<float>(nan); });
  refused([](auto&, double& share) { share = 1.01; });
  refused([&](auto&, double& share) { share = nan; });
  // No four of three pixels are orthonormal; and a small file might ask for very many.
  refused([](auto& e, double&) {
    e.variance = {4, 3, 2, 1};
    e.components = Matrix<float>(4, 3);
  });
  const LinearFilling filling{std::make_shared<const GaussianEstimate>(estimate_of_three()), 0.25};
  const std::vector<TensorBytes> tensors = tensors_of(filling);
  EXPECT_THROW(read_back(tensors, 4), Error);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    std::vector<TensorBytes> fewer = tensors;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_THROW(read_back(fewer), Error) << tensors[i].name;
  }
}

}  // namespace
}  // namespace hourglass
