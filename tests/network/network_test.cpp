#include "network/network.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "network_cases.h"

namespace hourglass {
namespace {

NetworkSpec deep() { return test::small_network(Activation::kRelu, Norm::kBatch); }

void expect_usage_error(const std::function<void(NetworkSpec&)>& change, const std::string& part) {
  NetworkSpec spec = deep();
  change(spec);
  try {
    validate(spec);
    FAIL() << "accepted; expected: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST(NetworkSpec, RefusesLayersThatDoNotFit) {
  EXPECT_NO_THROW(validate(deep()));
  expect_usage_error([](NetworkSpec& s) { s.features = 0; }, "features");
  expect_usage_error([](NetworkSpec& s) { s.encoder.clear(); }, "encoder needs at least one layer");
  expect_usage_error([](NetworkSpec& s) { s.decoder.clear(); }, "decoder needs at least one layer");
  expect_usage_error([](NetworkSpec& s) { s.encoder[1].width = 0; }, "encoder layer 2 has 0 units");
  expect_usage_error([](NetworkSpec& s) { s.decoder[1].width = 4; }, "last decoder layer has 4");
  expect_usage_error([](NetworkSpec& s) { s.encoder[0].dropout = 1; }, "dropout 1");
  expect_usage_error([](NetworkSpec& s) { s.encoder[0].dropout = std::nan(""); }, "dropout nan");
  expect_usage_error([](NetworkSpec& s) { s.decoder[1].dropout = 0.1; }, "last decoder layer");
  expect_usage_error([](NetworkSpec& s) { s.encoder[0].width = s.encoder[1].width = 1 << 24; },
                     "weights");
  expect_usage_error(
      [](NetworkSpec& s) {
        s.tied = true;
        s.decoder[0].width = 8;
      },
      "decoder layer 1 has 8 units and should have 7");
  expect_usage_error(
      [](NetworkSpec& s) {
        s.tied = true;
        s.decoder.erase(s.decoder.begin());
      },
      "mirrors");
}

TEST(Network, NamesItsTensorsAsPyTorchDoes) {
  const Network<float> network(deep());
  std::vector<std::string> names;
  for (const NamedTensor& tensor : network.tensors()) names.push_back(tensor.name);
  const std::vector<std::string> layer = {
      "weight", "bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var"};
  std::vector<std::string> expected;
  for (const char* prefix : {"encoder.0.", "encoder.1.", "decoder.0."}) {
    for (const std::string& part : layer) expected.push_back(prefix + part);
  }
  expected.push_back("decoder.1.weight");
  expected.push_back("decoder.1.bias");
  EXPECT_EQ(names, expected);
  EXPECT_EQ(network.tensors()[0].shape, (std::vector<Index>{7, 5}));
  EXPECT_EQ(network.parameter_count(),
            5 * 7 + 7 + 7 * 3 + 3 + 3 * 7 + 7 + 7 * 5 + 5 + 2 * (7 + 3 + 7));
}

TEST(Network, ATiedDecoderHasNoWeightOfItsOwn) {
  const Network<float> network(test::small_network(Activation::kTanh, Norm::kNone, 0, true));
  for (const NamedTensor& tensor : network.tensors()) EXPECT_NE(tensor.name, "decoder.0.weight");
  EXPECT_EQ(network.parameter_count(), 5 * 7 + 7 + 7 * 3 + 3 + 7 + 5);
}

TEST(Network, TensorsComeBackAsTheyWere) {
  Network<float> network(deep());
  test::fill_parameters(network, 5);
  const std::vector<NamedTensor> tensors = network.tensors();
  Network<float> other(deep());
  other.set_tensors(tensors);
  const std::vector<NamedTensor> again = other.tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) EXPECT_EQ(again[i].values, tensors[i].values);
  // out × in, and the transpose beside it.
  EXPECT_EQ(tensors[0].values[2 * 5 + 3], other.parameters(0).weights.view().at(3, 2));
  EXPECT_EQ(tensors[0].values[2 * 5 + 3], other.parameters(0).weights_transposed.view().at(2, 3));
}

TEST(Network, RefusesTensorsThatDoNotFit) {
  Network<float> network(deep());
  network.initialise(1);
  const std::vector<NamedTensor> good = network.tensors();
  const auto expect_refused = [&](auto change, const std::string& part) {
    std::vector<NamedTensor> tensors = good;
    tensors[0].values[0] += 1;  // must not arrive
    change(tensors);
    try {
      network.set_tensors(tensors);
      FAIL() << "accepted; expected: " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModel);
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
    EXPECT_EQ(network.tensors()[0].values, good[0].values);
  };
  using Tensors = std::vector<NamedTensor>;
  expect_refused([](Tensors& t) { t.pop_back(); }, "tensors");
  expect_refused([](Tensors& t) { std::swap(t[0], t[1]); }, "encoder.0.weight");
  expect_refused([](Tensors& t) { t[6].shape = {7, 3}; }, "encoder.1.weight has shape [7, 3]");
  expect_refused([](Tensors& t) { t[1].values.pop_back(); }, "encoder.0.bias holds 6 values");
  expect_refused([](Tensors& t) { t[2].values[1] = INFINITY; }, "not finite");
  expect_refused([](Tensors& t) { t[5].values[1] = -1; }, "negative variance");
}

TEST(Network, InitialisesByActivationAndSeed) {
  NetworkSpec spec;
  spec.features = 300;
  spec.encoder = {{200, Activation::kRelu}, {100, Activation::kTanh}};
  spec.decoder = {{300, Activation::kIdentity}};
  Network<float> network(spec);
  network.initialise(3);
  const std::vector<NamedTensor> tensors = network.tensors();
  const double bounds[] = {std::sqrt(6.0 / 300), std::sqrt(6.0 / 300), std::sqrt(6.0 / 400)};
  for (std::size_t layer = 0; layer < 3; ++layer) {
    const std::vector<float>& weights = tensors[2 * layer].values;
    double squares = 0;
    for (const float w : weights) {
      EXPECT_LE(std::abs(w), bounds[layer]);
      squares += static_cast<double>(w) * static_cast<double>(w);
    }
    const double variance = squares / static_cast<double>(weights.size());
    EXPECT_NEAR(variance, bounds[layer] * bounds[layer] / 3, 0.03 * variance);
    for (const float b : tensors[2 * layer + 1].values) EXPECT_EQ(b, 0);
  }
  Network<float> same(spec), other(spec);
  same.initialise(3);
  other.initialise(4);
  EXPECT_EQ(same.tensors()[0].values, tensors[0].values);
  EXPECT_NE(other.tensors()[0].values, tensors[0].values);
}

TEST(Network, CopiesAreWholeAndApart) {
  Network<float> network(deep()), copy(deep());
  test::fill_parameters(network, 8);
  copy.copy_from(network);
  const std::vector<NamedTensor> before = copy.tensors();
  network.initialise(9);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(copy.tensors()[i].values, before[i].values);
  }
}

}  // namespace
}  // namespace hourglass
