// What loss gaussian-nll is for: a network that says how large the error of each number will be.

#include <cmath>
#include <gtest/gtest.h>
#include <string>

#include "hourglass/error.h"
#include "kernel/elementwise.h"
#include "network/inference.h"
#include "network_cases.h"

namespace hourglass {
namespace {

constexpr Index kBatch = 256;
constexpr Index kFeatures = 5;
constexpr double kDeviations[] = {0.05, 0.1, 0.2, 0.4};

// The last feature's noise depends on the sample, too.
double deviation(Index feature, double hidden) {
  if (feature < 4) return kDeviations[feature];
  return hidden < 0 ? 0.1 : 0.8;
}

// Two hidden numbers in five features, and the same again under noise.
void draw(std::uint64_t number, Panels<float> clean, Panels<float> noisy) {
  RandomStream stream(3, RandomPurpose::kSample, number);
  for (Index r = 0; r < clean.rows; ++r) {
    const double hidden[] = {stream.normal(), stream.normal()};
    for (Index c = 0; c < clean.cols; ++c) {
      const double value = c < 3 ? hidden[c % 2] : hidden[0] - hidden[1];
      clean.at(r, c) = static_cast<float>(value);
      noisy.at(r, c) = static_cast<float>(value + deviation(c, hidden[0]) * stream.normal());
    }
  }
}

TEST(GaussianNll, PredictsTheNoiseOfEachFeatureAndSample) {
  ThreadPool pool(1);
  Network<float> network(
      test::with_outputs_for(Loss::kGaussianNll, test::small_network(Activation::kElu)));
  network.initialise(1);
  StepSpec step;
  step.loss = Loss::kGaussianNll;
  TrainingPlan<float> plan(network, step, kBatch, pool);
  for (Index i = 0; i < 3000; ++i) {
    draw(static_cast<std::uint64_t>(i), plan.input(), plan.target());
    plan.step(kBatch, i < 2000 ? 1e-2 : 1e-3, {0, 0, i});
  }

  draw(99'999, plan.input(), plan.target());
  Matrix<float> samples(kBatch, kFeatures), outputs(kBatch, 2 * kFeatures);
  from_panels<float>(plan.input(), samples.data(), kFeatures, {0, kBatch});
  Inference<float>(network, step, pool).reconstruct(samples, outputs.view());
  const auto predicted = [&](Index r, Index c) {
    return std::exp(double(log_variance_of(outputs.at(r, kFeatures + c))) / 2);
  };
  for (Index c = 0; c < kFeatures - 1; ++c) {
    double mean = 0;
    for (Index r = 0; r < kBatch; ++r) mean += predicted(r, c) / kBatch;
    EXPECT_NEAR(mean, kDeviations[c], 0.3 * kDeviations[c]) << c;
  }
  for (Index r = 0; r < kBatch; ++r) {
    const double hidden = double(samples.at(r, 0));
    // Where one side's noise becomes the other's, or samples are few, the network may be in doubt.
    if (std::abs(hidden) < 0.3 || std::abs(hidden) > 1.5) continue;
    EXPECT_EQ(predicted(r, 4) > 0.4, hidden > 0) << hidden << " " << predicted(r, 4);
  }
}

TEST(GaussianNll, NeedsItsOutputsAndNothingThatBendsThem) {
  ThreadPool pool(1);
  StepSpec step;
  step.loss = Loss::kGaussianNll;
  const auto refused = [&](const NetworkSpec& spec) {
    try {
      Network<float> network(spec);
      TrainingPlan<float> plan(network, step, 4, pool);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("(accepted)");
  };
  const NetworkSpec plain = test::small_network(Activation::kElu);
  NetworkSpec spec = test::with_outputs_for(step.loss, plain);
  EXPECT_EQ(refused(spec), "(accepted)");
  EXPECT_EQ(refused(plain),
            "loss gaussian-nll needs 2 outputs for each feature: the network has 1");
  spec.decoder.back().width = 5;
  EXPECT_EQ(refused(spec),
            "the last decoder layer has 5 units; it needs 2 for each of the 5 features");
  spec.decoder.back().width = 10;
  spec.decoder.back().activation = Activation::kTanh;
  EXPECT_EQ(refused(spec),
            "loss gaussian-nll takes the last layer's numbers as they are: its activation must be "
            "identity, not tanh");
}

}  // namespace
}  // namespace hourglass
