#include "network/inference.h"

#include <cmath>
#include <gtest/gtest.h>

#include "kernel/elementwise.h"
#include "network_cases.h"

namespace hourglass {
namespace {

Matrix<float> random_matrix(Index rows, Index cols, std::uint64_t seed) {
  Matrix<float> matrix(rows, cols);
  RandomStream stream(seed, RandomPurpose::kSample);
  for (Index i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(stream.normal());
  return matrix;
}

std::vector<float> values(const Matrix<float>& matrix) {
  return {matrix.data(), matrix.data() + matrix.rows() * matrix.cols()};
}

/// One row through the network as the formulas say, in float64.
std::vector<double> by_hand(const Network<float>& network, std::vector<double> x, Index layers) {
  for (Index i = 0; i < layers; ++i) {
    const LayerSpec& spec = network.layer(i);
    const LayerParameters<float>& p = network.parameters(i);
    std::vector<double> z(static_cast<std::size_t>(spec.width));
    double mean = 0, square = 0;
    for (std::size_t out = 0; out < z.size(); ++out) {
      const Index o = static_cast<Index>(out);
      z[out] = p.bias[o];
      for (std::size_t in = 0; in < x.size(); ++in) {
        z[out] += x[in] * p.weights.view().at(static_cast<Index>(in), o);
      }
      mean += z[out] / static_cast<double>(spec.width);
      square += z[out] * z[out] / static_cast<double>(spec.width);
    }
    for (std::size_t out = 0; out < z.size(); ++out) {
      const Index o = static_cast<Index>(out);
      const bool batch = spec.norm == Norm::kBatch;
      if (spec.norm != Norm::kNone) {
        const double centre = batch ? static_cast<double>(p.running_mean[o]) : mean;
        const double variance =
            batch ? static_cast<double>(p.running_variance[o]) : square - mean * mean;
        z[out] = (z[out] - centre) / std::sqrt(variance + 1e-5) * p.norm_scale[o] + p.norm_shift[o];
      }
      z[out] = activate(spec.activation, z[out]);
    }
    x = z;
  }
  return x;
}

/// A network whose norms have seen some data.
Network<float> trained(Norm norm, double dropout = 0) {
  ThreadPool pool(1);
  Network<float> network(test::small_network(Activation::kElu, norm, dropout));
  test::fill_parameters(network, 4);
  TrainingPlan<float> plan(network, {}, 32, pool);
  for (Index i = 0; i < 5; ++i) {
    test::fill_batch(plan, static_cast<std::uint64_t>(i), false, -1, 2);
    plan.step(32, 1e-2, {0, 0, i});
  }
  return network;
}

// A block in panels, on behalf of any worker, comes out as it does among the rows of a matrix.
TEST(Inference, BlocksInPanelsGiveTheSameBits) {
  const Network<float> network = trained(Norm::kLayer);
  ThreadPool pool(3);
  Inference<float> inference(network, true, pool);
  for (const Index rows : {Index{1}, Index{13}, inference.block_rows()}) {
    const Matrix<float> samples = random_matrix(rows, 5, 1);
    Matrix<float> codes(rows, 3), output(rows, 5);
    inference.encode(samples, codes.view());
    inference.reconstruct(samples, output.view());
    // With room for more rows, as a block has that is not the last.
    PanelMatrix<float> block(inference.block_rows(), 5);
    to_panels(samples.data(), 5, block.view(), {0, rows});
    for (int worker = 0; worker < pool.size(); ++worker) {
      Matrix<float> from_block(rows, 3);
      const Panels<const float> in = block.view().first_rows(rows);
      from_panels(inference.encode(in, worker), from_block.data(), 3, {0, rows});
      EXPECT_EQ(values(from_block), values(codes));
      from_block = Matrix<float>(rows, 5);
      from_panels(inference.reconstruct(in, worker), from_block.data(), 5, {0, rows});
      EXPECT_EQ(values(from_block), values(output));
    }
  }
}

// Looking at the code on the way changes nothing, whatever form it has there.
TEST(Inference, ShowsTheCodesOnTheWay) {
  ThreadPool pool(1);
  const NetworkSpec specs[] = {
      test::small_network(Activation::kTanh, Norm::kBatch, 0),
      test::pooled_network(Activation::kElu, LayerKind::kMeanPool, true, Norm::kNone)};
  for (const NetworkSpec& spec : specs) {
    Network<float> network(spec);
    test::fill_parameters(network, 4);
    Inference<float> inference(network, false, pool);
    const Index rows = 11, features = spec.features, latent_dim = spec.latent_dim();
    PanelMatrix<float> samples(rows, features);
    to_panels(random_matrix(rows, features, 1).data(), features, samples.view(), {0, rows});
    Matrix<float> codes(rows, latent_dim), shown(rows, latent_dim);
    from_panels(inference.encode(samples.view(), 0), codes.data(), latent_dim, {0, rows});
    Matrix<float> plain(rows, features), looked_at(rows, features);
    from_panels(inference.reconstruct(samples.view(), 0), plain.data(), features, {0, rows});
    const auto at_code = [&](Panels<const float> code) {
      from_panels(code, shown.data(), latent_dim, {0, rows});
    };
    from_panels(inference.reconstruct(samples.view(), 0, at_code), looked_at.data(), features,
                {0, rows});
    EXPECT_EQ(values(shown), values(codes));
    EXPECT_EQ(values(looked_at), values(plain));
  }
}

TEST(Inference, FollowsTheFormulas) {
  for (const Norm norm : {Norm::kNone, Norm::kBatch, Norm::kLayer}) {
    const Network<float> network = trained(norm, 0.4);  // dropout is for training alone
    ThreadPool pool(2);
    Inference<float> inference(network, true, pool);
    const Index rows = 300;
    const Matrix<float> samples = random_matrix(rows, 5, 1);
    Matrix<float> codes(rows, 3), output(rows, 5), decoded(rows, 5), hidden(rows, 7);
    inference.encode(samples, codes.view());
    inference.reconstruct(samples, output.view());
    inference.decode(codes, decoded.view());
    inference.activations(samples, 2, hidden.view());
    EXPECT_EQ(values(decoded), values(output));
    for (Index r = 0; r < rows; ++r) {
      const std::vector<double> x(samples.row(r), samples.row(r) + 5);
      const std::vector<double> code = by_hand(network, x, 2), third = by_hand(network, x, 3);
      const std::vector<double> logit = by_hand(network, x, 4);
      for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(codes.row(r)[c], code[c], 1e-4);
      for (std::size_t c = 0; c < 7; ++c) EXPECT_NEAR(hidden.row(r)[c], third[c], 1e-4);
      for (std::size_t c = 0; c < 5; ++c) {
        EXPECT_NEAR(output.row(r)[c], 1 / (1 + std::exp(-logit[c])), 1e-4);
      }
    }
  }
}

TEST(Inference, ARowDependsOnNeitherOtherRowsNorThreads) {
  for (const Norm norm : {Norm::kNone, Norm::kBatch, Norm::kLayer}) {
    const Network<float> network = trained(norm);
    const Matrix<float> samples = random_matrix(500, 5, 2);
    ThreadPool one(1);
    Matrix<float> expected(500, 5);
    Inference<float>(network, false, one).reconstruct(samples, expected.view());
    for (const int threads : {2, 3, 5}) {
      ThreadPool pool(threads);
      Matrix<float> output(500, 5);
      Inference<float>(network, false, pool).reconstruct(samples, output.view());
      EXPECT_EQ(values(output), values(expected)) << threads;
    }
    // Each row alone, and from another place within a block.
    Inference<float> inference(network, false, one);
    for (const Index r : {0, 1, 95, 96, 499}) {
      Matrix<float> row(1, 5);
      inference.reconstruct({samples.row(r), 1, 5}, row.view());
      for (Index c = 0; c < 5; ++c) EXPECT_EQ(row.at(0, c), expected.at(r, c)) << r;
    }
    Matrix<float> shifted(493, 5);
    inference.reconstruct({samples.row(7), 493, 5}, shifted.view());
    for (Index r = 0; r < 493; ++r) {
      for (Index c = 0; c < 5; ++c) EXPECT_EQ(shifted.at(r, c), expected.at(r + 7, c));
    }
  }
}

TEST(Inference, OfMapsDependsOnNeitherOtherRowsNorThreads) {
  for (const test::NetworkCase& c : test::map_cases(Activation::kElu)) {
    Network<float> network(c.network);
    test::fill_parameters(network, 6);
    const Index features = c.network.features;
    const Matrix<float> samples = random_matrix(200, features, 2);
    Matrix<float> expected(200, features), output(200, features), row(1, features);
    ThreadPool one(1), three(3);
    Inference<float> inference(network, false, one);
    inference.reconstruct(samples, expected.view());
    Inference<float>(network, false, three).reconstruct(samples, output.view());
    EXPECT_EQ(values(output), values(expected)) << c.name;
    inference.reconstruct({samples.row(150), 1, features}, row.view());
    for (Index i = 0; i < features; ++i) EXPECT_EQ(row.at(0, i), expected.at(150, i)) << c.name;
    if (c.network.skips_code()) continue;
    Matrix<float> codes(200, c.network.latent_dim());
    inference.encode(samples, codes.view());
    inference.decode(codes, output.view());
    EXPECT_EQ(values(output), values(expected)) << c.name;
  }
}

// A hidden map comes out in the order (y, x, channel).
TEST(Inference, GivesHiddenMapsAsTheyAre) {
  NetworkSpec spec = test::network_over({3, 4, 1});
  spec.encoder = {test::map_layer(LayerKind::kConvolution, {3, 4, 2}, {1, 1, 1, 1})};
  spec.decoder = {test::map_layer(LayerKind::kConvolution, {3, 4, 1}, {1, 1, 1, 1})};
  Network<float> network(spec);
  network.set_tensors({{"encoder.0.weight", {2, 1, 1, 1}, {2, -3}},
                       {"encoder.0.bias", {2}, {0, 1}},
                       {"decoder.0.weight", {1, 2, 1, 1}, {1, 1}},
                       {"decoder.0.bias", {1}, {-1}}});
  ThreadPool pool(1);
  const Matrix<float> samples = random_matrix(2, 12, 7);
  Matrix<float> hidden(2, 24), output(2, 12);
  Inference<float> inference(network, false, pool);
  inference.activations(samples, 0, hidden.view());
  inference.reconstruct(samples, output.view());
  for (Index r = 0; r < 2; ++r) {
    for (Index i = 0; i < 12; ++i) {
      EXPECT_FLOAT_EQ(hidden.at(r, 2 * i), 2 * samples.at(r, i));
      EXPECT_FLOAT_EQ(hidden.at(r, 2 * i + 1), 1 - 3 * samples.at(r, i));
      EXPECT_NEAR(output.at(r, i), -samples.at(r, i), 1e-5);
    }
  }
}

TEST(Inference, TakesNoRows) {
  const Network<float> network = trained(Norm::kNone);
  ThreadPool pool(2);
  Matrix<float> samples(0, 5), codes(0, 3);
  Inference<float>(network, false, pool).encode(samples, codes.view());
}

TEST(Inference, UsesTheTransposedWeightsOfATiedNetwork) {
  Network<float> tied(test::small_network(Activation::kTanh, Norm::kNone, 0, true));
  test::fill_parameters(tied, 3);
  Network<float> untied(test::small_network(Activation::kTanh));
  std::vector<NamedTensor> tensors = untied.tensors();
  for (NamedTensor& tensor : tensors) {
    for (const NamedTensor& from : tied.tensors()) {
      if (from.name == tensor.name) tensor.values = from.values;
    }
  }
  const auto transpose_into = [&](std::size_t to, std::size_t from) {
    for (Index o = 0; o < tensors[to].shape[0]; ++o) {
      for (Index i = 0; i < tensors[to].shape[1]; ++i) {
        tensors[to].values[static_cast<std::size_t>(o * tensors[to].shape[1] + i)] =
            tensors[from].values[static_cast<std::size_t>(i * tensors[to].shape[0] + o)];
      }
    }
  };
  transpose_into(4, 2);  // decoder.0.weight from encoder.1.weight
  transpose_into(6, 0);
  untied.set_tensors(tensors);
  ThreadPool pool(1);
  const Matrix<float> samples = random_matrix(10, 5, 3);
  Matrix<float> a(10, 5), b(10, 5);
  Inference<float>(tied, false, pool).reconstruct(samples, a.view());
  Inference<float>(untied, false, pool).reconstruct(samples, b.view());
  EXPECT_EQ(values(a), values(b));
}

TEST(Inference, GivesTheMeansAloneUnlessAskedForAllOutputs) {
  ThreadPool pool(2);
  Network<float> network(
      test::with_outputs_for(Loss::kGaussianNll, test::small_network(Activation::kElu)));
  test::fill_parameters(network, 4);
  StepSpec step;
  step.loss = Loss::kGaussianNll;
  Inference<float> inference(network, step, pool);
  const Matrix<float> samples = random_matrix(200, 5, 1);
  Matrix<float> means(200, 5), outputs(200, 10), codes(200, 3), decoded(200, 5);
  inference.reconstruct(samples, means.view());
  inference.reconstruct(samples, outputs.view());
  inference.encode(samples, codes.view());
  inference.decode(codes, decoded.view());
  for (Index r = 0; r < 200; r += 67) {
    const std::vector<double> x(samples.row(r), samples.row(r) + 5);
    const std::vector<double> expected = by_hand(network, x, network.layer_count());
    ASSERT_EQ(expected.size(), 10U);
    for (Index c = 0; c < 10; ++c) {
      EXPECT_NEAR(outputs.at(r, c), expected[static_cast<std::size_t>(c)], 1e-5);
    }
    for (Index c = 0; c < 5; ++c) {
      EXPECT_EQ(means.at(r, c), outputs.at(r, c));
      EXPECT_EQ(decoded.at(r, c), outputs.at(r, c));
    }
  }
}

}  // namespace
}  // namespace hourglass
