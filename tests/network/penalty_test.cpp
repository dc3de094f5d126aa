// What the penalties measure, against their definitions computed by other ways.

#include "network/penalty.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

#include "base/error.h"
#include "network/inference.h"
#include "network_cases.h"

namespace hourglass {
namespace {

constexpr Index kRows = 6;

/// features 5 → 7 → 3 and back, smooth all through.
NetworkSpec smooth_network() { return test::small_network(Activation::kTanh); }

template <class T>
struct Trial {
  Trial(const NetworkSpec& spec, const PenaltySpec& penalty, std::uint64_t seed, int threads = 1)
      : pool(threads), network(spec), plan(network, step_of(penalty), kRows, pool) {
    test::fill_parameters(network, seed);
    test::fill_batch(plan, seed, false);
  }
  static StepSpec step_of(const PenaltySpec& penalty) {
    StepSpec step;
    step.penalties = {penalty};
    return step;
  }
  double value(Index step = 0) {
    plan.loss_and_gradients(kRows, {9, 0, step});
    return plan.penalty();
  }
  Matrix<T> activations(Index layer) { return activations_of(samples(), layer); }
  Matrix<T> activations_of(const Matrix<T>& from, Index layer) {
    Inference<T> inference(network, false, pool);
    Matrix<T> out(from.rows(), network.layer(layer).width);
    inference.activations(from.view(), layer, out.view());
    return out;
  }
  Matrix<T> samples() {
    Matrix<T> rows(kRows, network.spec().features);
    for (Index r = 0; r < kRows; ++r) {
      for (Index c = 0; c < rows.cols(); ++c) rows.at(r, c) = plan.input().at(r, c);
    }
    return rows;
  }

  ThreadPool pool;
  Network<T> network;
  TrainingPlan<T> plan;
};

double mean_squared_jacobian(Trial<double>& trial, Index layer) {
  constexpr double kStep = 1e-5;
  double sum = 0;
  for (Index feature = 0; feature < trial.network.spec().features; ++feature) {
    Matrix<double> above = trial.samples();
    Matrix<double> below = trial.samples();
    for (Index r = 0; r < kRows; ++r) {
      above.at(r, feature) += kStep;
      below.at(r, feature) -= kStep;
    }
    const Matrix<double> high = trial.activations_of(above, layer);
    const Matrix<double> low = trial.activations_of(below, layer);
    for (Index r = 0; r < kRows; ++r) {
      for (Index k = 0; k < high.cols(); ++k) {
        const double slope = (high.at(r, k) - low.at(r, k)) / (2 * kStep);
        sum += slope * slope;
      }
    }
  }
  return sum / kRows;
}

TEST(Penalty, L1IsTheMeanOverSamplesOfTheSumOfMagnitudes) {
  Trial<double> trial(smooth_network(), {.kind = "l1", .weight = 0.25, .layer = 1}, 3);
  const double value = trial.value();
  const Matrix<double> codes = trial.activations(1);
  double sum = 0;
  for (Index i = 0; i < kRows * codes.cols(); ++i) sum += std::abs(codes.data()[i]);
  EXPECT_NEAR(value, 0.25 * sum / kRows, 1e-12);
}

TEST(Penalty, KlComparesEachUnitsMeanWithItsTarget) {
  const NetworkSpec spec = test::small_network(Activation::kSigmoid);
  Trial<double> trial(spec, {.kind = "kl", .weight = 2, .layer = 0, .target = 0.2}, 4);
  const double value = trial.value();
  const Matrix<double> hidden = trial.activations(0);
  double sum = 0;
  for (Index j = 0; j < hidden.cols(); ++j) {
    double mean = 0;
    for (Index r = 0; r < kRows; ++r) mean += hidden.at(r, j) / kRows;
    sum += 0.2 * std::log(0.2 / mean) + 0.8 * std::log(0.8 / (1 - mean));
  }
  EXPECT_NEAR(value, 2 * sum, 1e-12);
}

// Over one batch again and again the remembered mean stays the batch's; over two in turn it lies
// between theirs.
TEST(Penalty, KlRemembersTheBatchesBefore) {
  const NetworkSpec spec = test::small_network(Activation::kSigmoid);
  PenaltySpec penalty{.kind = "kl", .weight = 1, .layer = 0, .target = 0.2};
  Trial<double> forgetful(spec, penalty, 4);
  penalty.memory = 0.9;
  Trial<double> trial(spec, penalty, 4);
  const double first = trial.value(0);
  EXPECT_EQ(first, forgetful.value(0));
  EXPECT_NEAR(trial.value(1), first, 1e-12);
  test::fill_batch(trial.plan, 77, false, -9, -5);
  test::fill_batch(forgetful.plan, 77, false, -9, -5);
  const double other = forgetful.value(2);
  const double between = trial.value(2);
  EXPECT_GT(std::abs(other - first), 1e-3);
  EXPECT_LT(std::abs(between - first), std::abs(other - first) / 2);
  EXPECT_GT(std::abs(between - first), 0);
}

TEST(Penalty, VariationalIsTheDivergenceFromTheStandardGaussian) {
  test::NetworkCase c{"variational", smooth_network(), {}};
  ASSERT_TRUE(test::penalise(c, {.kind = "variational", .weight = 3}));
  Trial<double> trial(c.network, c.step.penalties[0], 3);
  const double value = trial.value();
  const Matrix<double> parameters = trial.activations(1);
  ASSERT_EQ(parameters.cols(), 6);
  double sum = 0;
  for (Index r = 0; r < kRows; ++r) {
    for (Index k = 0; k < 3; ++k) {
      const double mean = parameters.at(r, k);
      const double log_variance = parameters.at(r, 3 + k);
      sum += (mean * mean + std::exp(log_variance) - 1 - log_variance) / 2;
    }
  }
  EXPECT_NEAR(value, 3 * sum / kRows / 5, 1e-12);  // 5 features
}

// What is decoded while training is drawn anew each step; encoding gives the mean.
TEST(Penalty, VariationalCodesAreDrawnWhileTrainingAlone) {
  test::NetworkCase c{"variational", smooth_network(), {}};
  ASSERT_TRUE(test::penalise(c, {.kind = "variational", .weight = 1}));
  Trial<double> trial(c.network, c.step.penalties[0], 3);
  const double loss = trial.plan.loss_and_gradients(kRows, {9, 0, 0});
  EXPECT_EQ(trial.plan.loss_and_gradients(kRows, {9, 0, 0}), loss);
  EXPECT_NE(trial.plan.loss_and_gradients(kRows, {9, 0, 1}), loss);
  const Matrix<double> codes = trial.activations(2);
  const Matrix<double> parameters = trial.activations(1);
  for (Index r = 0; r < kRows; ++r) {
    for (Index k = 0; k < 3; ++k) EXPECT_EQ(codes.at(r, k), parameters.at(r, k));
  }
}

TEST(Penalty, TopKLeavesTheLargestOfEachSample) {
  test::NetworkCase c{"top-k", smooth_network(), {}};
  c.network.encoder[1].width = 37;
  ASSERT_TRUE(test::penalise(c, {.kind = "top-k", .weight = 5}));
  Trial<double> trial(c.network, c.step.penalties[0], 3);
  const Matrix<double> all = trial.activations(1);
  const Matrix<double> kept = trial.activations(2);
  for (Index r = 0; r < kRows; ++r) {
    double smallest_kept = 1e9, largest_dropped = -1e9;
    Index count = 0;
    for (Index k = 0; k < 37; ++k) {
      const bool stays = kept.at(r, k) != 0;
      count += stays;
      EXPECT_TRUE(!stays || kept.at(r, k) == all.at(r, k));
      double& bound = stays ? smallest_kept : largest_dropped;
      bound = stays ? std::min(bound, all.at(r, k)) : std::max(bound, all.at(r, k));
    }
    EXPECT_EQ(count, 5);
    EXPECT_GT(smallest_kept, largest_dropped);
  }
}

// Over the batch as a whole; afterwards by the threshold the batches had.
TEST(Penalty, BatchTopKSharesItsUnitsAmongSamples) {
  test::NetworkCase c{"batch-top-k", smooth_network(), {}};
  c.network.encoder[1].width = 37;
  ASSERT_TRUE(test::penalise(c, {.kind = "batch-top-k", .weight = 5}));
  Trial<double> trial(c.network, c.step.penalties[0], 3);
  for (Index step = 0; step < 3; ++step) trial.plan.step(kRows, 1e-12, {9, 0, step});
  const Matrix<double> kept = trial.activations(2);
  Index count = 0;
  std::set<Index> counts;
  for (Index r = 0; r < kRows; ++r) {
    Index of_row = 0;
    for (Index k = 0; k < 37; ++k) of_row += kept.at(r, k) != 0;
    count += of_row;
    counts.insert(of_row);
  }
  EXPECT_NEAR(static_cast<double>(count), 5.0 * kRows, 1);
  EXPECT_GT(counts.size(), 1U) << "every sample got equally many";
}

// Two units cannot tell six samples apart. The others start far below them and would never be kept.
TEST(Penalty, TopKBringsDeadUnitsBack) {
  constexpr Index kAlive = 2, kUnits = 9;
  for (const char* kind : {"top-k", "batch-top-k"}) {
    test::NetworkCase c{kind, smooth_network(), {}};
    c.network.encoder[1].width = kUnits;
    c.network.encoder[1].activation = Activation::kIdentity;
    ASSERT_TRUE(test::penalise(c, {.kind = kind, .weight = 1}));
    Trial<double> trial(c.network, c.step.penalties[0], 3);
    Buffer<double>& bias = trial.network.parameters(1).bias;
    for (Index unit = kAlive; unit < kUnits; ++unit) bias[unit] = -3;
    Index step = 0;
    for (; step < 200; ++step) trial.plan.step(kRows, 0.01, {9, 0, step});
    for (Index unit = kAlive; unit < kUnits; ++unit) EXPECT_EQ(bias[unit], -3) << kind;
    for (; step < 2000; ++step) trial.plan.step(kRows, 0.01, {9, 0, step});
    const Matrix<double> kept = trial.activations(2);
    Index revived = 0;
    for (Index unit = kAlive; unit < kUnits; ++unit) {
      for (Index r = 0; r < kRows; ++r) revived += kept.at(r, unit) != 0;
    }
    EXPECT_GT(revived, 0) << kind;
  }
}

TEST(Penalty, ContractiveIsTheSquaredJacobianWhicheverWayItIsComputed) {
  NetworkSpec narrow_first = smooth_network();  // fewer units than features
  narrow_first.features = 40;
  narrow_first.decoder.back().width = 40;
  NetworkSpec wide_first = smooth_network();
  wide_first.encoder[0].width = wide_first.decoder[0].width = 50;
  for (const NetworkSpec& spec : {narrow_first, wide_first}) {
    for (const Activation activation : {Activation::kTanh, Activation::kGelu, Activation::kElu}) {
      NetworkSpec network = spec;
      network.encoder[0].activation = network.encoder[1].activation = activation;
      for (const Index layer : {Index{0}, Index{1}}) {
        Trial<double> trial(network, {.kind = "contractive", .weight = 1, .layer = layer}, 5);
        const double value = trial.value();
        EXPECT_NEAR(value, mean_squared_jacobian(trial, layer), 1e-7 * value)
            << info(activation).name << ", layer " << layer;
      }
    }
  }
}

TEST(Penalty, ProbesOfTheJacobianAreUnbiased) {
  for (const Index layer : {Index{0}, Index{1}}) {
    PenaltySpec penalty{.kind = "contractive", .weight = 1, .layer = layer};
    const double exact = Trial<double>(smooth_network(), penalty, 6).value();
    penalty.probes = 2;
    Trial<double> probed(smooth_network(), penalty, 6);
    constexpr int kDraws = 4000;
    double sum = 0, squares = 0;
    for (int draw = 0; draw < kDraws; ++draw) {
      const double value = probed.value(draw);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kDraws;
    const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
    EXPECT_GT(error, 0) << "the probes do not change from step to step";
    EXPECT_NEAR(mean, exact, 4 * error) << "layer " << layer;
    EXPECT_LT(error, exact / 100);
  }
}

TEST(Penalty, ProbesOfTheJacobianOfMapsAreUnbiased) {
  for (const test::NetworkCase& c :
       {test::NetworkCase{"strided", test::strided_network(Activation::kTanh), {}},
        {"max pool", test::pooled_network(Activation::kGelu, LayerKind::kMaxPool, false), {}},
        {"mean pool", test::pooled_network(Activation::kElu, LayerKind::kMeanPool, true), {}},
        {"series", test::series_network(Activation::kSigmoid), {}}}) {
    const auto encoders = static_cast<Index>(c.network.encoder.size());
    for (const Index layer : {Index{0}, Index{1}, encoders - 1}) {
      Trial<double> probed(c.network, {"contractive", 1, layer, 0, 0, 2}, 6);
      const double exact = mean_squared_jacobian(probed, layer);
      constexpr int kDraws = 1500;
      double sum = 0, squares = 0;
      for (int draw = 0; draw < kDraws; ++draw) {
        const double value = probed.plan.penalty_on(kRows, {9, 0, draw});
        sum += value;
        squares += value * value;
      }
      const double mean = sum / kDraws;
      const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
      EXPECT_GT(error, 0) << "the probes do not change from step to step";
      EXPECT_NEAR(mean, exact, 4 * error) << c.name << ", layer " << layer;
      EXPECT_LT(error, exact / 50) << c.name << ", layer " << layer;
    }
  }
}

// A convolution of a map of one position is a dense layer, and then the two ways draw alike.
TEST(Penalty, ContractionByStagesIsThatByTheChain) {
  const NetworkSpec dense = smooth_network();
  NetworkSpec convolution = dense;
  convolution.input = {1, 1, 5};
  convolution.encoder[0] =
      test::map_layer(LayerKind::kConvolution, {1, 1, 7}, {1, 1, 1, 1}, Activation::kTanh);
  const PenaltySpec penalty{.kind = "contractive", .weight = 0.5, .layer = 1, .probes = 3};
  Trial<double> chain(dense, penalty, 6), stages(convolution, penalty, 6);
  const double value = chain.value(4);
  EXPECT_NEAR(stages.value(4), value, 1e-12 * value);
  const std::vector<double> expected = chain.plan.flat_gradients();
  const std::vector<double> got = stages.plan.flat_gradients();
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-12);
}

TEST(Penalty, GradientsInFloat32AreThoseInFloat64) {
  for (const PenaltyKind& kind : penalty_kinds()) {
    for (const Index probes : {0, 3}) {
      test::NetworkCase c{std::string(kind.name), test::small_network(Activation::kSigmoid), {}};
      ASSERT_TRUE(test::penalise(c, {.kind = c.name, .weight = 1, .layer = 1, .probes = probes}));
      Trial<float> narrow(c.network, c.step.penalties[0], 8);
      Trial<double> wide(c.network, c.step.penalties[0], 8);
      wide.network.set_tensors(narrow.network.tensors());
      const double value = wide.value(5);
      EXPECT_NEAR(narrow.value(5), value, 1e-5 * value) << kind.name;
      const std::vector<double> expected = wide.plan.flat_gradients();
      const std::vector<float> got = narrow.plan.flat_gradients();
      double largest = 0, difference = 0;
      for (std::size_t i = 0; i < got.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        difference = std::max(difference, std::abs(expected[i] - static_cast<double>(got[i])));
      }
      EXPECT_LE(difference, 1e-4 * largest) << kind.name;
    }
  }
}

void expect_refused(const NetworkSpec& network, const PenaltySpec& penalty, const char* advice) {
  try {
    validate(network, penalty);
    ADD_FAILURE() << penalty.kind << " was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find(advice), std::string::npos) << error.what();
  }
}

TEST(Penalty, WhatMakesNoSenseIsRefusedWithWhatDoes) {
  expect_refused(test::small_network(Activation::kRelu), {.kind = "kl", .weight = 1, .layer = 1},
                 "use sigmoid");
  expect_refused(test::small_network(Activation::kSigmoid, Norm::kNone, 0.1),
                 {.kind = "kl", .weight = 1, .layer = 0}, "penalty l1");
  expect_refused(test::small_network(Activation::kTanh, Norm::kBatch),
                 {.kind = "contractive", .weight = 1, .layer = 1}, "leave norm out");
  expect_refused(smooth_network(), {.kind = "contractive", .weight = 1, .layer = 2},
                 "layer of the encoder");
  expect_refused(test::strided_network(Activation::kTanh),
                 {.kind = "contractive", .weight = 1, .layer = 2}, "contractive_probes = 1");
  expect_refused(test::strided_network(Activation::kTanh, Norm::kBatch),
                 {.kind = "contractive", .weight = 1, .layer = 2, .probes = 1}, "leave norm out");
  validate(test::strided_network(Activation::kTanh),
           {.kind = "contractive", .weight = 1, .layer = 2, .probes = 1});
  validate(test::small_network(Activation::kSigmoid), {.kind = "kl", .weight = 1, .layer = 1});
}

}  // namespace
}  // namespace hourglass
