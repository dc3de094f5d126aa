// Every gradient against central differences in float64, and float32 against float64.

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "network/tensor_refs.h"
#include "network_cases.h"

namespace hourglass {
namespace {

using test::NetworkCase;

constexpr Index kRows = 6;
// Of each tensor of a network with more parameters than the others here have.
constexpr Index kMostCompared = 24;
constexpr Index kManyParameters = 4000;
constexpr StepId kStep{11, 0, 3};

std::vector<NetworkCase> all_cases() {
  struct Shape {
    const char* name;
    Norm norm;
    double dropout;
    bool tied;
    double noise = 0;
  };
  const Shape shapes[] = {
      {"dense", Norm::kNone, 0, false},       {"tied", Norm::kNone, 0, true},
      {"batch_norm", Norm::kBatch, 0, false}, {"layer_norm", Norm::kLayer, 0, false},
      {"dropout", Norm::kNone, 0.3, false},   {"tied_batch_norm_dropout", Norm::kBatch, 0.3, true},
      {"noise", Norm::kNone, 0, false, 0.5}};
  std::vector<NetworkCase> cases;
  for (const Shape& shape : shapes) {
    for (const ActivationInfo& activation : activations()) {
      for (const LossInfo& loss : losses()) {
        // With and without a mask for plain layers, alternately for the rest.
        const bool alternate =
            (static_cast<int>(activation.activation) + static_cast<int>(loss.loss)) % 2 == 0;
        const bool plain = shape.norm == Norm::kNone && shape.dropout == 0 && shape.noise == 0;
        for (const bool masked : {false, true}) {
          if (!plain && masked != alternate) continue;
          if (shape.tied && loss.outputs_per_feature > 1) continue;
          NetworkCase c;
          c.name = fmt::format("{} {} {}{}", shape.name, activation.name, loss.name,
                               masked ? " masked" : "");
          c.network = test::with_outputs_for(
              loss.loss,
              test::small_network(activation.activation, shape.norm, shape.dropout, shape.tied));
          for (LayerSpec& layer : c.network.encoder) layer.noise = shape.noise;
          c.step.loss = loss.loss;
          c.step.huber_delta = 0.4;
          c.step.correntropy_sigma = 0.6;
          c.step.groups = {{0, 3}, {3, 5}};
          c.masked = masked;
          cases.push_back(c);
        }
      }
    }
  }
  for (const bool masked : {false, true}) {
    NetworkCase c;
    c.name = masked ? "trimmed masked" : "trimmed";
    c.network = test::small_network(Activation::kTanh, Norm::kNone, 0, false);
    c.step.trim = 0.4;
    c.masked = masked;
    cases.push_back(c);
  }
  // Smooth ones: among so many units the bends of others are met too often.
  for (const Activation activation : {Activation::kSoftplus, Activation::kGelu}) {
    for (NetworkCase& c : test::map_cases(activation)) {
      c.masked = activation == Activation::kGelu;
      cases.push_back(std::move(c));
    }
  }
  // Seeds follow from places, and with some of them too much lies near a kink: what came later
  // stands behind.
  std::vector<NetworkCase> ordered;
  for (const bool wanted : {true, false}) {
    for (const NetworkCase& c : cases) {
      const bool came_first = c.step.loss != Loss::kMultinomial &&
                              c.network.encoder.front().noise == 0 &&
                              !c.name.starts_with(test::kWholePanels);
      if (came_first == wanted) ordered.push_back(c);
    }
  }
  return ordered;
}

// On the first layer and on the code; those with layers of their own first, so that the code is
// theirs.
std::vector<PenaltySpec> all_penalties(Index code) {
  std::vector<PenaltySpec> penalties = {{.kind = "variational", .weight = 0.7},
                                        {.kind = "top-k", .weight = 2},
                                        {.kind = "batch-top-k", .weight = 2}};
  for (const Index layer : {Index{0}, code}) {
    penalties.push_back({.kind = "l1", .weight = 0.3, .layer = layer});
    penalties.push_back({.kind = "kl", .weight = 0.2, .layer = layer, .target = 0.1});
    penalties.push_back({.kind = "contractive", .weight = 0.5, .layer = layer});
    penalties.push_back({.kind = "contractive", .weight = 0.5, .layer = layer, .probes = 2});
  }
  return penalties;
}

// As few parameters as show everything: there are many cases.
NetworkSpec tiny_network(Activation activation, bool tied) {
  NetworkSpec spec;
  spec.features = 3;
  spec.encoder = {{4, activation}, {3, activation}};
  spec.decoder = {{4, activation}, {3, Activation::kIdentity}};
  spec.tied = tied;
  return spec;
}

// Each penalty alone, and every pair that may be combined.
std::vector<NetworkCase> penalty_cases() {
  std::vector<NetworkCase> cases;
  for (const ActivationInfo& activation : activations()) {
    const auto add = [&](const std::vector<PenaltySpec>& penalties, bool tied) {
      NetworkCase c;
      c.name = fmt::format("{}{}", activation.name, tied ? " tied" : "");
      c.network = tiny_network(activation.activation, tied);
      for (const PenaltySpec& penalty : penalties) {
        if (!test::penalise(c, penalty)) return;
        c.name += fmt::format(", {} on {} probed {}", penalty.kind, penalty.layer, penalty.probes);
      }
      cases.push_back(c);
    };
    const std::vector<PenaltySpec> all = all_penalties(1);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const PenaltySpec& one = all[i];
      for (const bool tied : {false, true}) add({one}, tied);
      // Pairs where every one of them may be had.
      if (activation.activation != Activation::kSigmoid) continue;
      const bool remakes_code = find_penalty(one.kind)->reshape != nullptr;
      const std::vector<PenaltySpec> others = all_penalties(remakes_code ? 2 : 1);
      for (std::size_t j = i + 1; j < others.size(); ++j) {
        if (find_penalty(others[j].kind)->reshape == nullptr) add({one, others[j]}, false);
      }
    }
  }
  // Wide enough that the Jacobian is taken as it stands, and layers of several panels.
  NetworkCase wide;
  wide.name = "wide";
  wide.network.features = 6;
  wide.network.encoder = {
      {40, Activation::kTanh}, {20, Activation::kSigmoid}, {4, Activation::kTanh}};
  wide.network.decoder = {{6, Activation::kIdentity}};
  wide.step.penalties = {{.kind = "contractive", .weight = 0.5, .layer = 2}};
  cases.push_back(wide);
  return cases;
}

// The contraction of every encoder over maps that may have it, up to each of its layers, alone and
// beside another penalty; with f′ from h and from z. f″ of the others is held by the cases above.
std::vector<NetworkCase> map_penalty_cases() {
  std::vector<NetworkCase> cases;
  for (const Activation activation : {Activation::kTanh, Activation::kGelu}) {
    for (const NetworkCase& plain : test::map_cases(activation)) {
      const auto encoders = static_cast<Index>(plain.network.encoder.size());
      // The first layer of this one is like others' and takes long.
      const Index first = plain.name.starts_with(test::kWholePanels) ? 1 : 0;
      for (Index layer = first; layer < encoders; ++layer) {
        NetworkCase c = plain;
        c.name += fmt::format(", contractive on {}", layer);
        const Index probes = layer % 2 + 1;
        if (!test::penalise(c, {"contractive", 0.5, layer, 0, 0, probes})) continue;
        if (layer > 0) test::penalise(c, {.kind = "l1", .weight = 0.3, .layer = layer - 1});
        cases.push_back(c);
      }
    }
  }
  return cases;
}

class Differentiator {
 public:
  explicit Differentiator(const NetworkCase& c, std::uint64_t seed)
      : network_(c.network), plan_(network_, c.step, kRows, pool_) {
    test::fill_parameters(network_, seed);
    test::fill_batch(plan_, seed, c.masked);
    plan_.loss_and_gradients(kRows, kStep);
    gradients_ = plan_.flat_gradients();
  }

  /// The largest relative difference between a gradient and its central difference, over parameters
  /// that lie at a smooth point: where halving the step changes the difference, a kink is near.
  struct Result {
    double worst = 0;
    Index compared = 0;
    Index skipped = 0;
  };
  Result compare() {
    Result result;
    std::size_t position = 0;
    for (const TensorRef<double>& ref : tensor_refs(network_)) {
      if (!ref.learned()) continue;
      const std::size_t first = position;
      // Of large networks some, spread over all rows and columns.
      const bool all = network_.parameter_count() < kManyParameters;
      const Index step = all ? 1 : std::max<Index>(1, ref.inputs * ref.outputs / kMostCompared);
      for_each_element(ref.axes, [&](Index in, Index out) {
        const auto number = static_cast<Index>(position - first);
        if (number % step == 0) compare_one(ref, in, out, gradients_[position], result);
        ++position;
      });
    }
    EXPECT_EQ(position, gradients_.size());
    return result;
  }

 private:
  double loss_at(const TensorRef<double>& ref, Index in, Index out, double offset) {
    const double before = ref.panels().at(in, out);
    set(ref, in, out, before + offset);
    const double loss = plan_.loss_and_gradients(kRows, kStep);
    set(ref, in, out, before);
    return loss + plan_.penalty();
  }

  void set(const TensorRef<double>& ref, Index in, Index out, double value) {
    ref.panels().at(in, out) = value;
    if (ref.role == TensorRole::kWeight) {
      network_.parameters(ref.layer).weights_transposed.view().at(out, in) = value;
    }
  }

  // Richardson: from central differences at h and h/2, exact but for terms in h⁴.
  void compare_one(const TensorRef<double>& ref, Index in, Index out, double gradient,
                   Result& result) {
    const auto central = [&](double h) {
      return (loss_at(ref, in, out, h) - loss_at(ref, in, out, -h)) / (2 * h);
    };
    const double coarse = central(2e-4);
    const double fine = central(1e-4);
    const double scale = std::max({std::abs(gradient), std::abs(fine), 1e-3});
    if (std::abs(coarse - fine) > 1e-6 * scale) {
      ++result.skipped;
      return;
    }
    const double extrapolated = (4 * fine - coarse) / 3;
    result.worst = std::max(result.worst, std::abs(extrapolated - gradient) / scale);
    ++result.compared;
  }

  ThreadPool pool_{1};
  Network<double> network_;
  TrainingPlan<double> plan_;
  std::vector<double> gradients_;
};

TEST(Gradients, AgreeWithCentralDifferences) {
  std::uint64_t seed = 5;
  for (const NetworkCase& c : all_cases()) {
    const Differentiator::Result result = Differentiator(c, seed++).compare();
    EXPECT_LE(result.worst, 1e-6) << c.name;
    // What is left out lies near a kink of a rectifier or of the absolute value.
    EXPECT_GE(result.compared, 3 * (result.compared + result.skipped) / 4) << c.name;
  }
}

TEST(Gradients, OfPenaltiesAgreeWithCentralDifferences) {
  std::uint64_t seed = 5000;
  for (const NetworkCase& c : penalty_cases()) {
    const Differentiator::Result result = Differentiator(c, seed++).compare();
    EXPECT_LE(result.worst, 1e-6) << c.name;
    EXPECT_GE(result.compared, 3 * (result.compared + result.skipped) / 4) << c.name;
  }
}

TEST(Gradients, OfContractedMapsAgreeWithCentralDifferences) {
  std::uint64_t seed = 9000;
  const std::vector<NetworkCase> cases = map_penalty_cases();
  EXPECT_EQ(cases.size(),
            2U * (3 + 3 + 3 + 2 + 1));  // strided, max pool, mean pool, series, panels
  for (const NetworkCase& c : cases) {
    const Differentiator::Result result = Differentiator(c, seed++).compare();
    EXPECT_LE(result.worst, 1e-6) << c.name;
    EXPECT_GE(result.compared, 3 * (result.compared + result.skipped) / 4) << c.name;
  }
}

TEST(Gradients, AgreeInFloat32) {
  ThreadPool pool(1);
  std::uint64_t seed = 1000;
  for (const NetworkCase& c : all_cases()) {
    ++seed;
    Network<double> wide(c.network);
    Network<float> narrow(c.network);
    test::fill_parameters(wide, seed);
    test::fill_parameters(narrow, seed);
    wide.set_tensors(narrow.tensors());
    TrainingPlan<double> wide_plan(wide, c.step, kRows, pool);
    TrainingPlan<float> narrow_plan(narrow, c.step, kRows, pool);
    test::fill_batch(wide_plan, seed, c.masked);
    test::fill_batch(narrow_plan, seed, c.masked);
    const double loss = wide_plan.loss_and_gradients(kRows, kStep);
    EXPECT_NEAR(narrow_plan.loss_and_gradients(kRows, kStep), loss, 1e-5 * (1 + loss)) << c.name;
    const std::vector<double> expected = wide_plan.flat_gradients();
    const std::vector<float> got = narrow_plan.flat_gradients();
    ASSERT_EQ(got.size(), expected.size());
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
      largest = std::max(largest, std::abs(expected[i]));
      difference = std::max(difference, std::abs(expected[i] - static_cast<double>(got[i])));
    }
    EXPECT_LE(difference, 1e-4 * largest) << c.name;
  }
}

}  // namespace
}  // namespace hourglass
