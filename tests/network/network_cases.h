#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "network/penalty.h"
#include "network/training_plan.h"

namespace hourglass::test {

/// A network and a step, with a name to report it by.
struct NetworkCase {
  std::string name;
  NetworkSpec network;
  StepSpec step;
  bool masked = false;
};

/// features → 7 → 3 → 7 → features with everything alike in the hidden layers.
inline NetworkSpec small_network(Activation activation, Norm norm = Norm::kNone, double dropout = 0,
                                 bool tied = false) {
  NetworkSpec spec;
  spec.features = 5;
  const LayerSpec hidden{7, activation, norm, dropout};
  spec.encoder = {hidden, {3, activation, norm, 0}};
  spec.decoder = {hidden, {5, Activation::kIdentity, Norm::kNone, 0}};
  spec.tied = tied;
  return spec;
}

/// The network with a penalty on one of its encoder's layers, where the penalty's own layers, if it
/// has any, are in place. False if they cannot be had together.
inline bool penalise(NetworkCase& c, PenaltySpec penalty) {
  const PenaltyKind& kind = *find_penalty(penalty.kind);
  if (kind.reshape != nullptr) {
    const auto encoders = static_cast<Index>(c.network.encoder.size());
    if (c.network.encoder.back().kind != LayerKind::kDense) return false;
    kind.reshape(c.network.encoder, static_cast<std::size_t>(encoders - 1), penalty.weight);
    penalty.layer = encoders;
  }
  if (!kind.refusal(c.network, penalty).empty()) return false;
  c.step.penalties.push_back(penalty);
  return true;
}

/// Weights by initialise(), and biases, norm scales and shifts off their defaults, so that their
/// gradients are told apart.
template <class T>
void fill_parameters(Network<T>& network, std::uint64_t seed) {
  network.initialise(seed);
  std::vector<NamedTensor> tensors = network.tensors();
  RandomStream stream(seed, RandomPurpose::kSample, 1);
  for (NamedTensor& tensor : tensors) {
    if (tensor.shape.size() > 1 || tensor.name.find("running") != std::string::npos) continue;
    for (float& value : tensor.values) value += static_cast<float>(stream.uniform(-0.3, 0.3));
  }
  network.set_tensors(tensors);
}

/// A batch of numbers in [low, high); with `masked` about a quarter of the elements do not count.
template <class T>
void fill_batch(TrainingPlan<T>& plan, std::uint64_t seed, bool masked, double low = 0.05,
                double high = 0.95) {
  const auto fill = [&](Panels<T> panels, std::uint64_t stream_number, auto value) {
    RandomStream stream(seed, RandomPurpose::kSample, 2, stream_number);
    for (Index r = 0; r < panels.rows; ++r) {
      for (Index c = 0; c < panels.cols; ++c) panels.at(r, c) = static_cast<T>(value(stream));
    }
  };
  const auto number = [&](RandomStream& stream) { return stream.uniform(low, high); };
  fill(plan.input(), 0, number);
  fill(plan.target(), 1, number);
  if (masked) {
    fill(plan.mask(), 2, [](RandomStream& stream) { return stream.uniform() < 0.75 ? 1.0 : 0.0; });
  }
}

}  // namespace hourglass::test
