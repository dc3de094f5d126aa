#include "network/ensemble_inference.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "kernel/elementwise.h"

namespace hourglass {
namespace {

constexpr Index kFeatures = 5;

std::shared_ptr<const Network<float>> network_of_width(Index width, std::uint64_t seed,
                                                       Index outputs_per_feature = 1) {
  NetworkSpec spec;
  spec.features = kFeatures;
  spec.outputs_per_feature = outputs_per_feature;
  spec.encoder = {{.width = width}};
  spec.decoder = {{.width = spec.outputs(), .activation = Activation::kIdentity}};
  auto network = std::make_shared<Network<float>>(spec);
  network->initialise(seed);
  return network;
}

Matrix<float> waves(Index rows) {
  Matrix<float> samples(rows, kFeatures);
  for (Index i = 0; i < rows * kFeatures; ++i) {
    samples.data()[i] = static_cast<float>(std::sin(0.37 * double(i)));
  }
  return samples;
}

std::vector<float> by(EnsembleInference& inference, const Matrix<float>& samples) {
  Matrix<float> out(samples.rows(), kFeatures);
  PanelMatrix<float> block(inference.block_rows(), kFeatures);
  for (Index begin = 0; begin < samples.rows(); begin += block.rows()) {
    const Index count = std::min(block.rows(), samples.rows() - begin);
    to_panels<float>(samples.row(begin), kFeatures, block.view(), {0, count});
    from_panels<float>(inference.reconstruct(block.view().first_rows(count), 0), out.row(begin),
                       kFeatures, {0, count});
  }
  return {out.data(), out.data() + out.rows() * out.cols()};
}

std::vector<float> by_one(const Networks& networks, std::size_t member, const StepSpec& step,
                          const Matrix<float>& samples) {
  ThreadPool pool(1);
  EnsembleInference inference({networks[member]}, step, pool);
  return by(inference, samples);
}

// With a loss whose reconstructions are sigmoids the mean must be taken of those.
TEST(EnsembleInference, IsTheMeanOfItsMembersReconstructions) {
  for (const Loss loss : {Loss::kMse, Loss::kBinaryCrossEntropy, Loss::kGaussianNll}) {
    StepSpec step;
    step.loss = loss;
    const Index outputs = info(loss).outputs_per_feature;
    const Networks networks = {network_of_width(3, 1, outputs), network_of_width(7, 2, outputs),
                               network_of_width(3, 3, outputs)};
    const Matrix<float> samples = waves(210);
    ThreadPool pool(2);
    EnsembleInference inference(networks, step, pool);
    const std::vector<float> mean = by(inference, samples);
    std::vector<std::vector<float>> alone;
    for (std::size_t m = 0; m < networks.size(); ++m) {
      alone.push_back(by_one(networks, m, step, samples));
    }
    EXPECT_NE(alone[0], alone[2]);
    for (std::size_t i = 0; i < mean.size(); ++i) {
      EXPECT_EQ(mean[i], (alone[0][i] + alone[1][i] + alone[2][i]) / 3.0F);
    }
    const Matrix<float> fewer = waves(20);
    const std::vector<float> again = by(inference, fewer);
    EXPECT_TRUE(std::equal(again.begin(), again.end(), mean.begin()));
  }
}

TEST(EnsembleInference, OfOneIsInference) {
  const Networks networks = {network_of_width(4, 9)};
  const Matrix<float> samples = waves(33);
  Matrix<float> out(33, kFeatures);
  ThreadPool pool(1);
  Inference<float>(*networks[0], StepSpec(), pool).reconstruct(samples, out.view());
  const std::vector<float> found = by_one(networks, 0, StepSpec(), samples);
  EXPECT_TRUE(std::equal(found.begin(), found.end(), out.data()));
}

}  // namespace
}  // namespace hourglass
