#include "network/jacobian.h"

#include <cmath>
#include <gtest/gtest.h>

#include "kernel/activation.h"
#include "network/inference.h"
#include "network_cases.h"

namespace hourglass {
namespace {

Matrix<float> random_samples(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> samples(rows, cols);
  RandomStream stream(seed, RandomPurpose::kSample);
  for (Index i = 0; i < rows * cols; ++i) samples.data()[i] = static_cast<float>(stream.normal());
  return samples;
}

// By central differences of a float64 copy.
std::vector<double> norms_by_differences(const Network<float>& network,
                                         MatrixView<const float> samples, ThreadPool& pool) {
  // Near the cube root of float64's precision, where cutting off and rounding cost alike.
  constexpr double kStep = 1e-5;
  Network<double> precise(network.spec());
  precise.set_tensors(network.tensors());
  Inference<double> inference(precise, false, pool);
  const Index features = samples.cols;
  const Index latent_dim = network.spec().latent_dim();
  Matrix<double> moved(2 * features, features);
  Matrix<double> codes(2 * features, latent_dim);
  std::vector<double> norms;
  for (Index r = 0; r < samples.rows; ++r) {
    for (Index m = 0; m < moved.rows(); ++m) {
      std::copy_n(samples.row(r), features, moved.row(m));
      moved.at(m, m / 2) += m % 2 == 0 ? kStep : -kStep;
    }
    inference.encode(moved, codes.view());
    double sum = 0;
    for (Index f = 0; f < features; ++f) {
      for (Index k = 0; k < latent_dim; ++k) {
        const double slope = (codes.at(2 * f, k) - codes.at(2 * f + 1, k)) / (2 * kStep);
        sum += slope * slope;
      }
    }
    norms.push_back(std::sqrt(sum));
  }
  return norms;
}

void expect_agreement(const Network<float>& network, const std::string& name) {
  const Matrix<float> samples = random_samples(200, network.spec().features, 5);
  ThreadPool pool(2);
  const std::vector<double> norms = encoder_jacobian_norms(network, samples, pool);
  const std::vector<double> expected = norms_by_differences(network, samples, pool);
  ASSERT_EQ(norms.size(), expected.size());
  for (std::size_t i = 0; i < norms.size(); ++i) {
    EXPECT_NEAR(norms[i], expected[i], 1e-4 * (expected[i] + 0.01)) << name << ", sample " << i;
  }
}

// Running statistics that are not those of a fresh network.
void move_running_statistics(Network<float>& network) {
  std::vector<NamedTensor> tensors = network.tensors();
  Index moved = 0;
  for (NamedTensor& tensor : tensors) {
    const bool variance = tensor.name.find("running_var") != std::string::npos;
    const bool mean = tensor.name.find("running_mean") != std::string::npos;
    float value = 0.5F;
    for (float& element : tensor.values) {
      if (variance || mean) element = value;
      if (variance) ++moved;
      value += 0.25F;
    }
  }
  network.set_tensors(tensors);
  EXPECT_EQ(moved > 0, network.layer(0).norm == Norm::kBatch);
}

TEST(Jacobian, AgreesWithDifferencesForEveryActivationAndNorm) {
  for (const ActivationInfo& row : activations()) {
    for (const Norm norm : {Norm::kNone, Norm::kBatch, Norm::kLayer}) {
      Network<float> network(test::small_network(row.activation, norm));
      test::fill_parameters(network, 3);
      move_running_statistics(network);
      expect_agreement(network,
                       std::string(row.name) + " norm " + std::to_string(static_cast<int>(norm)));
    }
  }
}

TEST(Jacobian, AgreesForDeepWideAndTiedEncoders) {
  NetworkSpec deep = test::small_network(Activation::kTanh);
  deep.features = 40;
  deep.encoder = {{70, Activation::kGelu, Norm::kLayer, 0.2},
                  {33, Activation::kElu, Norm::kBatch, 0},
                  {18, Activation::kTanh, Norm::kNone, 0}};
  deep.decoder = {{40, Activation::kIdentity, Norm::kNone, 0}};
  Network<float> network(deep);
  test::fill_parameters(network, 8);
  expect_agreement(network, "deep");

  Network<float> tied(test::small_network(Activation::kSigmoid, Norm::kNone, 0, true));
  test::fill_parameters(tied, 9);
  expect_agreement(tied, "tied");
}

TEST(Jacobian, AgreesForCodesThatPenaltiesMade) {
  for (const char* kind : {"top-k", "batch-top-k", "variational"}) {
    test::NetworkCase c{kind, test::small_network(Activation::kTanh), {}};
    c.network.encoder[1].width = 20;
    ASSERT_TRUE(test::penalise(c, {.kind = kind, .weight = 4}));
    Network<float> network(c.network);
    test::fill_parameters(network, 4);
    expect_agreement(network, kind);
  }
}

TEST(Jacobian, OfConvolutionsIsEstimatedWithoutBias) {
  Network<float> network(test::strided_network(Activation::kTanh));
  test::fill_parameters(network, 4);
  const Matrix<float> samples = random_samples(40, network.spec().features, 5);
  ThreadPool pool(2);
  const std::vector<double> norms = encoder_jacobian_norms(network, samples, pool);
  const std::vector<double> exact = norms_by_differences(network, samples, pool);
  double ratio = 0;
  for (std::size_t i = 0; i < norms.size(); ++i) {
    const double of_squares = norms[i] * norms[i] / (exact[i] * exact[i]);
    EXPECT_NEAR(of_squares, 1, 1) << "sample " << i;
    EXPECT_NE(norms[i], exact[i]);
    ratio += of_squares / static_cast<double>(norms.size());
  }
  EXPECT_NEAR(ratio, 1, 0.1);
}

TEST(Jacobian, OfOneLayerIsTheClosedForm) {
  // Σ_j h_j²(1 − h_j)² ‖w_j‖² for sigmoid units (Rifai et al. 2011).
  NetworkSpec spec = test::small_network(Activation::kIdentity);
  spec.encoder = {{17, Activation::kSigmoid, Norm::kNone, 0}};
  spec.decoder = {{5, Activation::kIdentity, Norm::kNone, 0}};
  Network<float> network(spec);
  test::fill_parameters(network, 2);
  const Matrix<float> samples = random_samples(100, 5, 6);
  ThreadPool pool(1);
  Matrix<float> codes(100, 17);
  Inference<float>(network, false, pool).encode(samples, codes.view());
  const std::vector<double> norms = encoder_jacobian_norms(network, samples, pool);
  const Panels<const float> weights = network.parameters(0).weights.view();
  for (Index r = 0; r < 100; ++r) {
    double sum = 0;
    for (Index j = 0; j < 17; ++j) {
      const double h = codes.at(r, j);
      for (Index f = 0; f < 5; ++f) sum += std::pow(h * (1 - h) * weights.at(f, j), 2);
    }
    EXPECT_NEAR(norms[static_cast<std::size_t>(r)], std::sqrt(sum), 1e-5);
  }
}

TEST(Jacobian, IsTheSameForAnyNumberOfThreads) {
  Network<float> network(test::small_network(Activation::kElu, Norm::kBatch));
  test::fill_parameters(network, 4);
  const Matrix<float> samples = random_samples(700, 5, 7);
  ThreadPool one(1);
  ThreadPool three(3);
  const std::vector<double> norms = encoder_jacobian_norms(network, samples, one);
  EXPECT_EQ(norms, encoder_jacobian_norms(network, samples, three));
  const std::vector<double> part = encoder_jacobian_norms(network, {samples.row(50), 9, 5}, one);
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(part[i], norms[50 + i]);
}

}  // namespace
}  // namespace hourglass
