#pragma once

#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "network/inference.h"
#include "network/training_plan.h"
#include "network_cases.h"

/// Trainings of PyTorch with their weights, batches and losses, which the scripts in tests/golden
/// wrote, and the same trainings here.
namespace hourglass::test {

using nlohmann::json;

/// The cases of files in tests/data, each with what its file says of all of them.
inline std::vector<json> read_golden(std::initializer_list<const char*> names) {
  std::vector<json> cases;
  for (const char* name : names) {
    json shared = json::parse(std::ifstream(std::string(HOURGLASS_TEST_DATA "/") + name));
    const json own = shared["cases"];
    shared.erase("cases");
    for (const json& c : own) {
      cases.push_back(shared);
      cases.back().update(c);
    }
  }
  return cases;
}

/// A network of network_cases.h, by name.
inline NetworkSpec map_network_of(const std::string& name, Activation activation, Norm norm,
                                  const json& c) {
  if (name == "series") return series_network(activation, norm);
  if (name == "strided") return strided_network(activation, norm, 0, c["channels"]);
  const LayerKind pool = name == "max_pool" ? LayerKind::kMaxPool : LayerKind::kMeanPool;
  return pooled_network(activation, pool, c["skips"], norm);
}

inline NetworkSpec network_of(const json& c) {
  const std::string norm_name = c["norm"];
  const Norm norm =
      norm_name == "batch" ? Norm::kBatch : (norm_name == "layer" ? Norm::kLayer : Norm::kNone);
  const std::string activation_name = c["activation"];
  const Activation activation = find_activation(activation_name).value();  // throws if unknown
  if (c.contains("network")) return map_network_of(c["network"], activation, norm, c);
  NetworkSpec spec;
  spec.features = c["features"];
  spec.tied = c["tied"];
  for (const Index width : c["encoder"]) spec.encoder.push_back({width, activation, norm, 0});
  for (std::size_t i = spec.encoder.size() - 1; i > 0; --i) {
    spec.decoder.push_back({spec.encoder[i - 1].width, activation, norm, 0});
  }
  spec.decoder.push_back({spec.features, Activation::kIdentity, Norm::kNone, 0});
  spec = with_outputs_for(find_loss(c["loss"].get<std::string>()).value(), std::move(spec));
  spec.encoder.back().activation =
      find_activation(c.value("code_activation", activation_name)).value();
  return spec;
}

inline StepSpec step_of(const json& c) {
  const std::string optimizer = c["optimizer"];
  StepSpec step;
  step.loss = find_loss(c["loss"].get<std::string>()).value();
  step.huber_delta = c.value("huber_delta", 1.0);
  step.correntropy_sigma = c.value("correntropy_sigma", 1.0);
  for (const json& group : c.value("groups", json::array())) {
    step.groups.push_back({group[0], group[1]});
  }
  step.optimizer = optimizer == "adam"    ? Optimizer::kAdam
                   : optimizer == "adamw" ? Optimizer::kAdamW
                   : optimizer == "sgd"   ? Optimizer::kSgd
                                          : Optimizer::kRmsprop;
  step.momentum = c.value("momentum", 0.0);
  step.beta2 = c.value("beta2", 0.999);
  step.weight_decay = c["weight_decay"];
  step.clip_norm = c["clip_norm"];
  return step;
}

/// Both of the above with the penalties and what they make of the code.
inline NetworkCase network_case_of(const json& c) {
  NetworkCase made{c["name"], network_of(c), step_of(c), c["masked"]};
  for (const json& penalty : c.value("penalties", json::array())) {
    const PenaltySpec defaults;
    const bool possible = penalise(made, {.kind = penalty["kind"],
                                          .weight = penalty["weight"],
                                          .layer = penalty.value("layer", defaults.layer),
                                          .target = penalty.value("target", defaults.target),
                                          .memory = penalty.value("memory", defaults.memory),
                                          .probes = penalty.value("probes", defaults.probes)});
    if (!possible) throw std::invalid_argument(made.name + ": a penalty was refused");
  }
  return made;
}

inline std::vector<NamedTensor> tensors_of(const json& c) {
  const double unit = c["unit"];
  std::vector<NamedTensor> tensors;
  for (const json& parameter : c["parameters"]) {
    NamedTensor tensor;
    tensor.name = parameter["name"];
    tensor.shape = parameter["shape"].get<std::vector<Index>>();
    for (const double whole : parameter["values"]) {
      tensor.values.push_back(static_cast<float>(whole / unit));
    }
    tensors.push_back(tensor);
  }
  return tensors;
}

template <class T>
void put(const json& whole, double unit, Panels<T> panels) {
  for (Index r = 0; r < panels.rows; ++r) {
    for (Index c = 0; c < panels.cols; ++c) {
      panels.at(r, c) = static_cast<T>(
          whole[static_cast<std::size_t>(r * panels.cols + c)].template get<double>() / unit);
    }
  }
}

/// A case's training, step by step from its first weights.
template <class T>
class Replay {
 public:
  Replay(const json& golden, ThreadPool& pool)
      : golden_(golden),
        pool_(pool),
        case_(network_case_of(golden)),
        rows_(golden["rows"]),
        unit_(golden["unit"]),
        network_(case_.network),
        plan_(network_, case_.step, rows_, pool) {
    network_.set_tensors(tensors_of(golden));
  }

  /// Takes step i and returns its loss.
  double step(std::size_t i) {
    const bool corrupted = golden_.value("corrupted", false);
    const std::size_t batch = i % golden_["batches"].size();
    put(golden_[corrupted ? "corrupted_batches" : "batches"][batch], unit_, plan_.input());
    if (corrupted) put(golden_["batches"][batch], unit_, plan_.target());
    if (case_.masked) put(golden_["masks"][batch], 1, plan_.mask());
    return plan_.step(rows_, golden_["learning_rate"],
                      {golden_.value("seed", std::uint64_t{0}), 0, static_cast<Index>(i)});
  }

  /// What the penalties added to that loss.
  double penalty() const { return plan_.penalty(); }

  /// The mean of `error` (of a difference) over the elements of the first batch, with the weights
  /// as they are and nothing drawn.
  template <class Error>
  double evaluate(Error error) {
    const Index features = case_.network.features;
    Matrix<T> samples(rows_, features), output(rows_, features);
    for (Index i = 0; i < rows_ * features; ++i) {
      const double whole = golden_["batches"][0][static_cast<std::size_t>(i)];
      samples.data()[i] = static_cast<T>(whole / unit_);
    }
    Inference<T>(network_, false, pool_).reconstruct(samples, output.view());
    double sum = 0;
    for (Index i = 0; i < rows_ * features; ++i) {
      sum += error(static_cast<double>(output.data()[i] - samples.data()[i]));
    }
    return sum / static_cast<double>(rows_ * features);
  }

 private:
  const json& golden_;
  ThreadPool& pool_;
  const NetworkCase case_;
  const Index rows_;
  const double unit_;
  Network<T> network_;
  TrainingPlan<T> plan_;
};

/// After training: running statistics instead of the batch's, a threshold that batches had, codes
/// that are no longer drawn. Cases whose loss is more than a function of one difference are left
/// out.
inline void expect_evaluations(const std::vector<json>& golden) {
  ThreadPool pool(1);
  for (const json& c : golden) {
    const bool squared = c["loss"] == "mse";
    if (!squared && c["loss"] != "mae") continue;
    Replay<double> replay(c, pool);
    for (std::size_t step = 0; step < c["losses"].size(); ++step) replay.step(step);
    const double expected = c["evaluated"];
    const double evaluated = replay.evaluate([squared](double difference) {
      return squared ? difference * difference : std::abs(difference);
    });
    EXPECT_NEAR(evaluated, expected, 1e-9 * expected) << c["name"];
  }
}

}  // namespace hourglass::test
