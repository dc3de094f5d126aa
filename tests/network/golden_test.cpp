// Ten training losses of PyTorch with its weights and batches put in: the scripts in tests/golden
// wrote the files.

#include <algorithm>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "network/inference.h"
#include "network/training_plan.h"
#include "network_cases.h"

namespace hourglass {
namespace {

using nlohmann::json;

/// Each case with what its file says of all of them.
const std::vector<json>& golden() {
  static const std::vector<json> all = [] {
    std::vector<json> cases;
    for (const char* name : {"/training_losses.json", "/convolutional_losses.json"}) {
      const json document = json::parse(std::ifstream(std::string(HOURGLASS_TEST_DATA) + name));
      for (json c : document["cases"]) {
        c["unit"] = document["unit"];
        c["rows"] = document["rows"];
        cases.push_back(std::move(c));
      }
    }
    return cases;
  }();
  return all;
}

/// A network of network_cases.h, by name.
NetworkSpec map_network_of(const std::string& name, Activation activation, Norm norm,
                           const json& c) {
  if (name == "series") return test::series_network(activation, norm);
  if (name == "strided") return test::strided_network(activation, norm, 0, c["channels"]);
  const LayerKind pool = name == "max_pool" ? LayerKind::kMaxPool : LayerKind::kMeanPool;
  return test::pooled_network(activation, pool, c["skips"], norm);
}

NetworkSpec network_of(const json& c) {
  const std::string norm_name = c["norm"];
  const Norm norm =
      norm_name == "batch" ? Norm::kBatch : (norm_name == "layer" ? Norm::kLayer : Norm::kNone);
  const Activation activation =
      find_activation(c["activation"].get<std::string>()).value();  // throws if unknown
  if (c.contains("network")) return map_network_of(c["network"], activation, norm, c);
  NetworkSpec spec;
  spec.features = c["features"];
  spec.tied = c["tied"];
  for (const Index width : c["encoder"]) spec.encoder.push_back({width, activation, norm, 0});
  for (std::size_t i = spec.encoder.size() - 1; i > 0; --i) {
    spec.decoder.push_back({spec.encoder[i - 1].width, activation, norm, 0});
  }
  spec.decoder.push_back({spec.features, Activation::kIdentity, Norm::kNone, 0});
  return spec;
}

StepSpec step_of(const json& c) {
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

std::vector<NamedTensor> tensors_of(const json& c, double unit) {
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

template <class T>
void expect_golden_losses(double tolerance) {
  ThreadPool pool(2);
  ASSERT_GE(golden().size(), 10u);
  for (const json& c : golden()) {
    const double unit = c["unit"];
    const Index rows = c["rows"];
    Network<T> network(network_of(c));
    network.set_tensors(tensors_of(c, unit));
    TrainingPlan<T> plan(network, step_of(c), rows, pool);
    const std::vector<double> losses = c["losses"];
    ASSERT_EQ(losses.size(), 10u);
    for (std::size_t step = 0; step < losses.size(); ++step) {
      const std::size_t batch = step % c["batches"].size();
      put(c["batches"][batch], unit, plan.input());
      if (c["masked"]) put(c["masks"][batch], 1, plan.mask());
      const double loss = plan.step(rows, c["learning_rate"], {0, 0, static_cast<Index>(step)});
      EXPECT_NEAR(loss, losses[step], tolerance * losses[step]) << c["name"] << ", step " << step;
    }
  }
}

TEST(Golden, TenTrainingLossesAreThoseOfPyTorch) { expect_golden_losses<float>(1e-5); }

// In float64 what is left is the rounding of learning rates and the like, nothing of the method.
TEST(Golden, TenTrainingLossesInFloat64) { expect_golden_losses<double>(1e-9); }

// After training: running statistics instead of the batch's.
TEST(Golden, EvaluationAfterTrainingIsThatOfPyTorch) {
  ThreadPool pool(1);
  for (const json& c : golden()) {
    const double unit = c["unit"];
    const Index rows = c["rows"];
    if (c["loss"] != "mse" && c["loss"] != "mae") continue;
    Network<double> network(network_of(c));
    network.set_tensors(tensors_of(c, unit));
    TrainingPlan<double> plan(network, step_of(c), rows, pool);
    for (std::size_t step = 0; step < 10; ++step) {
      const std::size_t batch = step % c["batches"].size();
      put(c["batches"][batch], unit, plan.input());
      if (c["masked"]) put(c["masks"][batch], 1, plan.mask());
      plan.step(rows, c["learning_rate"], {0, 0, static_cast<Index>(step)});
    }
    const Index features = c["features"];
    Matrix<double> samples(rows, features), output(rows, features);
    for (Index i = 0; i < rows * features; ++i) {
      samples.data()[i] = c["batches"][0][static_cast<std::size_t>(i)].get<double>() / unit;
    }
    Inference<double>(network, false, pool).reconstruct(samples, output.view());
    double sum = 0;
    for (Index i = 0; i < rows * features; ++i) {
      const double difference = output.data()[i] - samples.data()[i];
      sum += c["loss"] == "mse" ? difference * difference : std::abs(difference);
    }
    const double expected = c["evaluated"];
    EXPECT_NEAR(sum / static_cast<double>(rows * features), expected, 1e-9 * expected) << c["name"];
  }
}

}  // namespace
}  // namespace hourglass
