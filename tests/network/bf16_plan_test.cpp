// Training with products in bfloat16.
#include <cmath>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "kernel/bf16.h"
#include "network/training_plan.h"
#include "network_cases.h"

namespace hourglass {
namespace {

constexpr Index kBatch = 151;  // odd: the last pair is half empty

/// Wide enough that several workers are woken, and of widths that are no multiple of a panel.
NetworkSpec network_with(Norm norm, double dropout) {
  NetworkSpec spec;
  spec.features = 67;
  spec.encoder = {{83, Activation::kRelu, norm, dropout}, {21, Activation::kTanh, norm, 0}};
  spec.decoder = {{83, Activation::kGelu, norm, dropout}, {67, Activation::kIdentity}};
  return spec;
}

StepSpec in_bf16() { return {.precision = Precision::kBf16}; }

struct Outcome {
  std::vector<double> losses;
  Network<float> network;
};

Outcome train(const NetworkSpec& spec, const StepSpec& step, int threads, Index steps) {
  ThreadPool pool(threads);
  Outcome outcome{{}, Network<float>(spec)};
  test::fill_parameters(outcome.network, 1);
  TrainingPlan<float> plan(outcome.network, step, kBatch, pool);
  for (Index i = 0; i < steps; ++i) {
    test::fill_batch(plan, static_cast<std::uint64_t>(i % 3), false);
    const Index rows = i + 1 == steps ? kBatch - 40 : kBatch;
    outcome.losses.push_back(plan.step(rows, 1e-3, {7, 0, i}));
  }
  return outcome;
}

void expect_same_tensors(const Network<float>& a, const Network<float>& b) {
  const std::vector<NamedTensor> first = a.tensors(), second = b.tensors();
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].values, second[i].values) << first[i].name;
  }
}

class Bf16Plan : public testing::Test {
  void SetUp() override {
    if (!bf16_misfit().empty()) GTEST_SKIP() << bf16_misfit();
  }
};

TEST_F(Bf16Plan, ThreadsGiveTheSameBits) {
  StepSpec penalised = in_bf16();
  penalised.penalties = {{.kind = "contractive", .weight = 1e-2, .layer = 1},
                         {.kind = "l1", .weight = 1e-3, .layer = 2}};
  for (const auto& [spec, step] : {std::pair{network_with(Norm::kNone, 0), in_bf16()},
                                   std::pair{network_with(Norm::kBatch, 0.2), in_bf16()},
                                   std::pair{network_with(Norm::kNone, 0), penalised}}) {
    const Outcome one = train(spec, step, 1, 5);
    for (const int threads : {2, 3, 7}) {
      const Outcome many = train(spec, step, threads, 5);
      EXPECT_EQ(one.losses, many.losses);
      expect_same_tensors(one.network, many.network);
    }
  }
}

TEST_F(Bf16Plan, LossesFollowThoseOfFloat) {
  for (const Norm norm : {Norm::kNone, Norm::kBatch}) {
    const NetworkSpec spec = network_with(norm, 0);
    const std::vector<double> exact = train(spec, {}, 2, 100).losses;
    const std::vector<double> rounded = train(spec, in_bf16(), 2, 100).losses;
    EXPECT_NE(exact, rounded);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_NEAR(rounded[i], exact[i], 0.02 * exact[i]) << i;
    }
  }
}

// Clipping needs the whole gradient first, so the optimiser runs apart from the products.
TEST_F(Bf16Plan, FusedUpdatesAreThoseOfThePassApart) {
  StepSpec clipped = in_bf16();
  clipped.clip_norm = 1e9;
  const NetworkSpec spec = network_with(Norm::kNone, 0);
  const Outcome fused = train(spec, in_bf16(), 2, 5);
  const Outcome apart = train(spec, clipped, 2, 5);
  EXPECT_EQ(fused.losses, apart.losses);
  expect_same_tensors(fused.network, apart.network);
}

TEST_F(Bf16Plan, LeavesTransposesThatFitTheWeights) {
  const Outcome outcome = train(network_with(Norm::kNone, 0), in_bf16(), 2, 3);
  for (Index layer = 0; layer < outcome.network.layer_count(); ++layer) {
    const LayerParameters<float>& parameters = outcome.network.parameters(layer);
    const Panels<const float> weights = parameters.weights.view();
    const Panels<const float> transposed = parameters.weights_transposed.view();
    for (Index r = 0; r < weights.rows; ++r) {
      for (Index c = 0; c < weights.cols; ++c) {
        ASSERT_EQ(weights.at(r, c), transposed.at(c, r));
      }
    }
  }
}

TEST_F(Bf16Plan, RefusesTiedWeights) {
  NetworkSpec spec = network_with(Norm::kNone, 0);
  spec.tied = true;
  Network<float> network(spec);
  ThreadPool pool(1);
  try {
    const TrainingPlan<float> plan(network, in_bf16(), kBatch, pool);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find("tied = false"), std::string::npos);
  }
}

}  // namespace
}  // namespace hourglass
