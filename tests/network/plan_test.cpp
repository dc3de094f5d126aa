#include <algorithm>
#include <atomic>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "hourglass/error.h"
#include "network/inference.h"
#include "network/training_plan.h"
#include "network_cases.h"

namespace hourglass {
namespace {

using test::NetworkCase;

constexpr Index kBatch = 150;      // more than one tile of rows, and no multiple of one
constexpr Index kMapBatch = 1500;  // small maps wake several workers by number alone

/// Wide enough that several workers are woken, and of widths that are no multiple of a panel.
NetworkSpec wide_network(Norm norm, double dropout, bool tied) {
  NetworkSpec spec;
  spec.features = 67;
  spec.encoder = {{83, Activation::kRelu, norm, dropout}, {21, Activation::kTanh, norm, 0}};
  spec.decoder = {{83, Activation::kGelu, norm, dropout}, {67, Activation::kIdentity}};
  spec.tied = tied;
  return spec;
}

std::vector<NetworkCase> wide_cases() {
  StepSpec adam;
  StepSpec clipped;
  clipped.clip_norm = 0.01;
  clipped.optimizer = Optimizer::kSgd;
  clipped.momentum = 0.9;
  StepSpec decayed;
  decayed.optimizer = Optimizer::kAdamW;
  decayed.weight_decay = 0.1;
  decayed.loss = Loss::kHuber;
  StepSpec rmsprop;
  rmsprop.optimizer = Optimizer::kRmsprop;
  rmsprop.loss = Loss::kBinaryCrossEntropy;
  StepSpec penalised;
  penalised.penalties = {{.kind = "l1", .weight = 1e-3, .layer = 2},
                         {.kind = "contractive", .weight = 1e-2, .layer = 1},
                         {.kind = "contractive", .weight = 1e-2, .layer = 0, .probes = 3}};
  NetworkSpec within_unit = wide_network(Norm::kNone, 0, false);
  within_unit.encoder[0].activation = Activation::kSigmoid;
  StepSpec sparse;
  sparse.penalties = {{.kind = "kl", .weight = 0.1, .layer = 0, .memory = 0.5},
                      {.kind = "contractive", .weight = 1e-2, .layer = 0}};
  NetworkCase drawn{"variational", wide_network(Norm::kNone, 0, false), {}, false};
  test::penalise(drawn, {.kind = "variational", .weight = 1});
  NetworkCase k_sparse{"top-k", wide_network(Norm::kNone, 0, true), {}, false};
  test::penalise(k_sparse, {.kind = "top-k", .weight = 4});
  NetworkCase batch_sparse{"batch-top-k", wide_network(Norm::kNone, 0, false), {}, false};
  test::penalise(batch_sparse, {.kind = "batch-top-k", .weight = 4});
  StepSpec trimmed;
  trimmed.trim = 0.3;
  return {{"plain", wide_network(Norm::kNone, 0, false), adam, false},
          {"trimmed", wide_network(Norm::kNone, 0, false), trimmed, true},
          {"clipped", wide_network(Norm::kNone, 0, false), clipped, true},
          {"tied", wide_network(Norm::kNone, 0, true), rmsprop, true},
          {"batch norm", wide_network(Norm::kBatch, 0.2, false), adam, false},
          {"batch norm, clipped", wide_network(Norm::kBatch, 0, false), clipped, false},
          {"layer norm", wide_network(Norm::kLayer, 0.2, false), decayed, true},
          {"penalised", wide_network(Norm::kNone, 0, false), penalised, false},
          {"sparse", within_unit, sparse, false},
          drawn,
          k_sparse,
          batch_sparse};
}

struct Outcome {
  std::vector<double> losses;
  std::vector<NamedTensor> tensors;
  std::vector<NamedTensor> moments;
};

/// Some steps on changing batches, the last of them shorter.
Outcome train(const NetworkCase& c, int threads, Index steps = 5, Index batch = kBatch) {
  ThreadPool pool(threads);
  Network<float> network(c.network);
  test::fill_parameters(network, 1);
  TrainingPlan<float> plan(network, c.step, batch, pool);
  Outcome outcome;
  for (Index step = 0; step < steps; ++step) {
    test::fill_batch(plan, static_cast<std::uint64_t>(step), c.masked);
    const Index rows = step + 1 == steps ? batch - 41 : batch;
    outcome.losses.push_back(plan.step(rows, 1e-2, {7, 0, step}));
  }
  outcome.tensors = network.tensors();
  outcome.moments = plan.optimizer_tensors();
  return outcome;
}

void expect_same(const Outcome& a, const Outcome& b, const std::string& what) {
  EXPECT_EQ(a.losses, b.losses) << what;
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  ASSERT_EQ(a.moments.size(), b.moments.size());
  for (std::size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].values, b.tensors[i].values) << what << ", " << a.tensors[i].name;
  }
  for (std::size_t i = 0; i < a.moments.size(); ++i) {
    EXPECT_EQ(a.moments[i].values, b.moments[i].values) << what << ", " << a.moments[i].name;
  }
}

TEST(TrainingPlan, ThreadsAndRerunsGiveTheSameBits) {
  for (const NetworkCase& c : wide_cases()) {
    const Outcome one = train(c, 1);
    for (const int threads : {1, 2, 3, 5}) {
      expect_same(one, train(c, threads), c.name + ", threads " + std::to_string(threads));
    }
    EXPECT_NE(one.losses[0], one.losses[1]) << c.name;
  }
}

TEST(TrainingPlan, MapsGiveTheSameBitsForAnyThreads) {
  std::vector<NetworkCase> cases = test::map_cases(Activation::kRelu);
  cases.push_back(cases.front());
  cases.back().name = "strided, clipped";
  cases.back().step.clip_norm = 0.01;
  for (NetworkCase c : test::map_cases(Activation::kGelu)) {
    c.name += ", contracted";
    if (test::penalise(c, {.kind = "contractive", .weight = 1e-2, .layer = 1, .probes = 2})) {
      cases.push_back(c);
    }
  }
  for (const NetworkCase& c : cases) {
    const Outcome one = train(c, 1, 5, kMapBatch);
    for (const int threads : {2, 3}) {
      expect_same(one, train(c, threads, 5, kMapBatch),
                  c.name + ", threads " + std::to_string(threads));
    }
  }
}

TEST(TrainingPlan, ClippingFarAboveTheGradientChangesNothing) {
  // The way over stored gradients against the one fused into the product.
  NetworkCase c = wide_cases()[0];
  const Outcome fused = train(c, 2);
  c.step.clip_norm = 1e9;
  const Outcome stored = train(c, 2);
  for (std::size_t i = 0; i < fused.tensors.size(); ++i) {
    for (std::size_t j = 0; j < fused.tensors[i].values.size(); ++j) {
      EXPECT_NEAR(fused.tensors[i].values[j], stored.tensors[i].values[j], 2e-6);
    }
  }
}

TEST(TrainingPlan, ClippingBoundsTheUpdate) {
  NetworkCase c = wide_cases()[0];
  c.step.optimizer = Optimizer::kSgd;
  c.step.clip_norm = 1e-3;
  ThreadPool pool(1);
  Network<double> network(c.network);
  test::fill_parameters(network, 1);
  Network<double> before(c.network);
  before.copy_from(network);
  TrainingPlan<double> plan(network, c.step, kBatch, pool);
  test::fill_batch(plan, 1, false);
  plan.loss_and_gradients(kBatch, {});
  double norm = 0;
  for (const double g : plan.flat_gradients()) norm += g * g;
  ASSERT_GT(std::sqrt(norm), 1e-3);
  plan.step(kBatch, 1.0, {});
  double moved = 0;
  const std::vector<NamedTensor> from = before.tensors(), to = network.tensors();
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t j = 0; j < from[i].values.size(); ++j) {
      moved += std::pow(static_cast<double>(to[i].values[j]) - from[i].values[j], 2);
    }
  }
  EXPECT_NEAR(std::sqrt(moved), 1e-3, 2e-5);
}

TEST(TrainingPlan, AnInterruptedRunContinuesToTheSameBits) {
  for (const NetworkCase& c : wide_cases()) {
    const Outcome whole = train(c, 1);
    ThreadPool pool(2);
    const Outcome start = [&] {  // three of the five steps, all of full length
      Network<float> network(c.network);
      test::fill_parameters(network, 1);
      TrainingPlan<float> plan(network, c.step, kBatch, pool);
      for (Index step = 0; step < 3; ++step) {
        test::fill_batch(plan, static_cast<std::uint64_t>(step), c.masked);
        plan.step(kBatch, 1e-2, {7, 0, step});
      }
      EXPECT_EQ(plan.steps_taken(), 3);
      return Outcome{{}, network.tensors(), plan.optimizer_tensors()};
    }();
    Network<float> network(c.network);
    network.set_tensors(start.tensors);
    TrainingPlan<float> plan(network, c.step, kBatch, pool);
    plan.restore_optimizer(3, start.moments);
    Outcome rest;
    rest.losses.assign(whole.losses.begin(), whole.losses.begin() + 3);
    for (Index step = 3; step < 5; ++step) {
      test::fill_batch(plan, static_cast<std::uint64_t>(step), c.masked);
      rest.losses.push_back(plan.step(step == 4 ? kBatch - 41 : kBatch, 1e-2, {7, 0, step}));
    }
    rest.tensors = network.tensors();
    rest.moments = plan.optimizer_tensors();
    expect_same(whole, rest, c.name);
  }
}

TEST(TrainingPlan, RefusesMomentsThatDoNotFit) {
  const NetworkCase c = wide_cases()[0];
  ThreadPool pool(1);
  Network<float> network(c.network);
  TrainingPlan<float> plan(network, c.step, 4, pool);
  const std::vector<NamedTensor> good = plan.optimizer_tensors();
  ASSERT_EQ(good.size(), 16u);
  std::vector<NamedTensor> renamed = good, missing = good, negative = good;
  renamed[3].name = "optimizer.first.encoder.0.bias";
  missing.pop_back();
  negative[1].values[0] = -1;
  for (const auto& bad : {renamed, missing, negative}) {
    EXPECT_THROW(plan.restore_optimizer(1, bad), Error);
  }
  EXPECT_THROW(plan.restore_optimizer(-1, good), Error);
  EXPECT_EQ(plan.steps_taken(), 0);
}

TEST(TrainingPlan, ANonFiniteLossStopsBeforeTheUpdate) {
  for (const NetworkCase& c : wide_cases()) {
    ThreadPool pool(2);
    Network<float> network(c.network);
    test::fill_parameters(network, 1);
    TrainingPlan<float> plan(network, c.step, kBatch, pool);
    test::fill_batch(plan, 1, c.masked);
    if (c.masked) plan.mask().at(3, 4) = 1;
    plan.target().at(3, 4) = std::numeric_limits<float>::infinity();
    const std::vector<NamedTensor> before = network.tensors();
    try {
      plan.step(kBatch, 1e-3, {0, 2, 1234});
      FAIL() << c.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kFailed);
      EXPECT_NE(std::string(error.what()).find("step 1234"), std::string::npos) << error.what();
    }
    const std::vector<NamedTensor> after = network.tensors();
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(before[i].values, after[i].values) << c.name << " " << before[i].name;
    }
    EXPECT_EQ(plan.steps_taken(), 0);
  }
}

TEST(TrainingPlan, PenaltiesOfOtherRowsLeaveTrainingAlone) {
  for (const NetworkCase& c : wide_cases()) {
    if (c.step.penalties.empty()) continue;
    ThreadPool pool(1);
    Network<float> network(c.network);
    test::fill_parameters(network, 1);
    TrainingPlan<float> plan(network, c.step, kBatch, pool);
    test::fill_batch(plan, 1, false);
    plan.step(kBatch, 1e-2, {7, 0, 0});
    const double own = plan.penalty();
    const auto tensors = network.tensors();
    const auto moments = plan.optimizer_tensors();
    test::fill_batch(plan, 2, false);
    const double other = plan.penalty_on(kBatch - 3, {7, 0, 0});
    EXPECT_EQ(plan.penalty_on(kBatch - 3, {7, 0, 0}), other) << c.name;
    // Those that are all in the layers add nothing.
    EXPECT_EQ(other == own, own == 0) << c.name;
    expect_same({{}, tensors, moments}, {{}, network.tensors(), plan.optimizer_tensors()}, c.name);
  }
}

TEST(TrainingPlan, GradientsLeaveTheNetworkAlone) {
  const NetworkCase c = wide_cases()[3];  // batch norm: running statistics too
  ThreadPool pool(1);
  Network<float> network(c.network);
  test::fill_parameters(network, 1);
  TrainingPlan<float> plan(network, c.step, kBatch, pool);
  test::fill_batch(plan, 1, false);
  const std::vector<NamedTensor> before = network.tensors();
  plan.loss_and_gradients(kBatch, {});
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].values, network.tensors()[i].values);
  }
  EXPECT_EQ(plan.gradients()[0].name, "encoder.0.weight");
  EXPECT_EQ(plan.gradients()[0].shape, before[0].shape);
  plan.step(kBatch, 1e-3, {});
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_NE(before[i].values, network.tensors()[i].values) << before[i].name;
  }
}

void copy_rows(Panels<const float> from, Panels<float> to, Range rows) {
  for (Index r = rows.begin; r < rows.end; ++r) {
    for (Index c = 0; c < to.cols; ++c) to.at(r, c) = from.at(r, c);
  }
}

TEST(TrainingPlan, ABatchMayBeFilledByTheThreadsThatUseIt) {
  for (const bool masked : {false, true}) {
    const NetworkCase c = wide_cases()[0];
    ThreadPool pool(3);
    Network<float> network(c.network), filled_network(c.network);
    test::fill_parameters(network, 1);
    test::fill_parameters(filled_network, 1);
    TrainingPlan<float> plan(network, c.step, kBatch, pool);
    TrainingPlan<float> filled_plan(filled_network, c.step, kBatch, pool);
    const Panels<float> input = plan.input(), target = plan.target();
    const Panels<float> filled_input = filled_plan.input(), filled_target = filled_plan.target();
    const Panels<float> mask = masked ? plan.mask() : Panels<float>{};
    const Panels<float> filled_mask = masked ? filled_plan.mask() : Panels<float>{};
    std::vector<std::atomic<int>> times(kBatch);
    filled_plan.fill_with([&](Range rows, int) {
      copy_rows(input, filled_input, rows);
      copy_rows(target, filled_target, rows);
      if (masked) copy_rows(mask, filled_mask, rows);
      for (Index r = rows.begin; r < rows.end; ++r) ++times[static_cast<std::size_t>(r)];
    });
    for (Index step = 0; step < 3; ++step) {
      test::fill_batch(plan, static_cast<std::uint64_t>(step), masked);
      EXPECT_EQ(filled_plan.step(kBatch - step, 1e-2, {7, 0, step}),
                plan.step(kBatch - step, 1e-2, {7, 0, step}));
    }
    EXPECT_EQ(times.front(), 3);
    EXPECT_EQ(times.back(), 1);
  }
}

TEST(TrainingPlan, CountsTheOperationsOfAStep) {
  NetworkSpec spec;
  spec.features = 30;
  spec.encoder = {{20}, {10}};
  spec.decoder = {{30, Activation::kIdentity}};
  Network<float> network(spec);
  ThreadPool pool(4);
  const TrainingPlan<float> plan(network, {}, 256, pool);
  // Forward and two ways back for each layer, but no gradient of the samples.
  EXPECT_EQ(plan.flops_per_sample(), 2 * (3 * (30 * 20 + 20 * 10 + 10 * 30) - 30 * 20));
  EXPECT_EQ(plan.workers(1), 1);
  EXPECT_EQ(plan.workers(1'000'000), 4);
}

TEST(TrainingPlan, MaskedElementsCountForNothing) {
  const NetworkCase c = wide_cases()[2];
  ThreadPool pool(1);
  Network<double> network(c.network);
  test::fill_parameters(network, 1);
  StepSpec step = c.step;
  step.loss = Loss::kMse;
  TrainingPlan<double> plan(network, step, 20, pool);
  test::fill_batch(plan, 1, true);
  const double loss = plan.loss_and_gradients(20, {});
  const std::vector<double> gradients = plan.flat_gradients();
  for (Index r = 0; r < 20; ++r) {
    for (Index col = 0; col < 67; ++col) {
      if (plan.mask().at(r, col) == 0) plan.target().at(r, col) = 1e6;
    }
  }
  EXPECT_EQ(plan.loss_and_gradients(20, {}), loss);
  EXPECT_EQ(plan.flat_gradients(), gradients);
  // Nothing counts: no loss, no gradient, and no division by zero.
  for (Index r = 0; r < 20; ++r) {
    for (Index col = 0; col < 67; ++col) plan.mask().at(r, col) = 0;
  }
  EXPECT_EQ(plan.loss_and_gradients(20, {}), 0);
  for (const double g : plan.flat_gradients()) EXPECT_EQ(g, 0);
}

TEST(TrainingPlan, WeightDecayActsOnWeightsAlone) {
  StepSpec step;
  step.optimizer = Optimizer::kSgd;
  step.weight_decay = 0.5;
  ThreadPool pool(1);
  Network<float> network(test::small_network(Activation::kTanh, Norm::kLayer));
  test::fill_parameters(network, 1);
  TrainingPlan<float> plan(network, step, 4, pool);
  for (Index r = 0; r < 4; ++r) {
    for (Index c = 0; c < 5; ++c) plan.mask().at(r, c) = 0;  // no gradient but the decay's
  }
  const std::vector<NamedTensor> before = network.tensors();
  plan.step(4, 0.1, {});
  const std::vector<NamedTensor> after = network.tensors();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const float factor = before[i].shape.size() == 2 ? 0.95f : 1.0f;
    for (std::size_t j = 0; j < before[i].values.size(); ++j) {
      EXPECT_FLOAT_EQ(after[i].values[j], factor * before[i].values[j]) << before[i].name;
    }
  }
}

void expect_other_losses_by_seed_and_step(const NetworkCase& c) {
  ThreadPool pool(1);
  Network<double> network(c.network);
  test::fill_parameters(network, 1);
  TrainingPlan<double> plan(network, c.step, 8, pool);
  test::fill_batch(plan, 1, false);
  const double loss = plan.loss_and_gradients(8, {1, 0, 0});
  EXPECT_EQ(plan.loss_and_gradients(8, {1, 0, 0}), loss);
  EXPECT_NE(plan.loss_and_gradients(8, {1, 0, 1}), loss);
  EXPECT_NE(plan.loss_and_gradients(8, {2, 0, 0}), loss);
}

TEST(TrainingPlan, DropoutDependsOnSeedAndStep) {
  const NetworkCase c{"", test::small_network(Activation::kTanh, Norm::kNone, 0.5), {}, false};
  expect_other_losses_by_seed_and_step(c);
}

TEST(TrainingPlan, NoiseInTheCodeDependsOnSeedAndStepAndIsGoneAfterTraining) {
  NetworkCase c{"", test::small_network(Activation::kTanh), {}, false};
  c.network.encoder.back().noise = 2;
  expect_other_losses_by_seed_and_step(c);

  ThreadPool pool(1);
  Network<double> network(c.network);
  test::fill_parameters(network, 1);
  NetworkSpec without = c.network;
  without.encoder.back().noise = 0;
  Network<double> quiet(without);
  test::fill_parameters(quiet, 1);
  Matrix<double> samples(3, c.network.features);
  for (Index i = 0; i < 3 * samples.cols(); ++i) samples.data()[i] = 0.1 * static_cast<double>(i);
  Matrix<double> a(3, c.network.latent_dim()), b(3, c.network.latent_dim());
  Inference<double>(network, false, pool).encode(samples, a.view());
  Inference<double>(quiet, false, pool).encode(samples, b.view());
  for (Index i = 0; i < 3 * a.cols(); ++i) EXPECT_EQ(a.data()[i], b.data()[i]);
}

TEST(TrainingPlan, LearnsAHandfulOfSamplesByHeart) {
  ThreadPool pool(1);
  for (const Optimizer optimizer : {Optimizer::kAdam, Optimizer::kRmsprop}) {
    Network<float> network(test::small_network(Activation::kTanh));
    network.initialise(2);
    StepSpec step;
    step.optimizer = optimizer;
    TrainingPlan<float> plan(network, step, 4, pool);
    test::fill_batch(plan, 3, false);
    plan.use_input_as_target();
    double loss = 1;
    for (Index i = 0; i < 3000; ++i) loss = plan.step(4, i < 2000 ? 5e-3 : 2e-4, {0, i, i});
    EXPECT_LT(loss, 1e-5);
  }
}

TEST(TrainingPlan, RefusesLogitsFromAnActivation) {
  ThreadPool pool(1);
  NetworkSpec spec = test::small_network(Activation::kRelu);
  spec.decoder.back().activation = Activation::kSigmoid;
  Network<float> network(spec);
  StepSpec step;
  step.loss = Loss::kBinaryCrossEntropy;
  EXPECT_THROW(TrainingPlan<float>(network, step, 4, pool), Error);
  step.loss = Loss::kMse;
  EXPECT_NO_THROW(TrainingPlan<float>(network, step, 4, pool));
}

// Loss and gradients of the rows that fit best are those of a batch of them alone.
TEST(TrainingPlan, TrimsTheRowsOfTheLargestLoss) {
  constexpr Index kRows = 10;
  ThreadPool pool(1);
  Network<double> network(wide_network(Norm::kNone, 0, false));
  test::fill_parameters(network, 1);
  StepSpec trimmed;
  trimmed.trim = 0.45;  // of ten rows four
  TrainingPlan<double> all(network, trimmed, kRows, pool);
  test::fill_batch(all, 3, false);
  Panels<double> target = all.target();
  for (const Index row : {0, 3, 4, 8}) {
    for (Index c = 0; c < target.cols; ++c) target.at(row, c) += 5;
  }
  TrainingPlan<double> kept(network, StepSpec{}, kRows, pool);
  Index to = 0;
  for (const Index row : {1, 2, 5, 6, 7, 9}) {
    for (Index c = 0; c < target.cols; ++c) {
      kept.input().at(to, c) = all.input().at(row, c);
      kept.target().at(to, c) = target.at(row, c);
    }
    ++to;
  }
  EXPECT_NEAR(all.loss_and_gradients(kRows, {}), kept.loss_and_gradients(to, {}), 1e-14);
  const std::vector<double> expected = kept.flat_gradients();
  const std::vector<double> found = all.flat_gradients();
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-14);
}

}  // namespace
}  // namespace hourglass
