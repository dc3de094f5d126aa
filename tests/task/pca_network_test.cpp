#include "task/pca_network.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"
#include "network/inference.h"
#include "network/jacobian.h"

namespace hourglass {
namespace {

TEST(PcaNetwork, ReconstructsAsPcaDoes) {
  Matrix<float> data(200, 6);
  RandomStream random(1, RandomPurpose::kSample);
  for (Index r = 0; r < 200; ++r) {
    const double a = random.normal();
    const double b = random.normal();
    for (Index c = 0; c < 6; ++c) {
      const double x = a * static_cast<double>(c) + b * static_cast<double>(c % 3) + 5;
      data.at(r, c) = static_cast<float>(x + 0.1 * random.normal());
    }
  }
  const RowBlockReader read = [&](Index begin, Index end, float* out) {
    std::copy_n(data.row(begin), (end - begin) * 6, out);
  };
  const Pca large = fit_pca(200, 6, read, 4);
  ThreadPool pool(1);
  for (const Index latent_dim : {Index{1}, Index{2}, Index{4}}) {
    // The first components of a larger fit are the smaller one.
    const Network<float> network = pca_network(large, latent_dim);
    Matrix<float> out(200, 6);
    Inference<float>(network, false, pool).reconstruct(data, out.view());
    double squares = 0;
    for (Index i = 0; i < 1200; ++i) {
      squares += std::pow(static_cast<double>(out.data()[i]) - data.data()[i], 2);
    }
    EXPECT_NEAR(squares / 200, pca_squared_error(fit_pca(200, 6, read, latent_dim), 200, read),
                1e-4);
    for (const double norm : encoder_jacobian_norms(network, data, pool)) {
      EXPECT_NEAR(norm, std::sqrt(static_cast<double>(latent_dim)), 1e-5);
    }
  }
}

}  // namespace
}  // namespace hourglass
