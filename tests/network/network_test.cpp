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

TEST(Network, NamesAndShapesTheWeightsOfMapsAsPyTorchDoes) {
  using Shape = std::vector<Index>;
  const auto shape_of = [](const NetworkSpec& spec, const std::string& name) {
    for (const NamedTensor& tensor : Network<float>(spec).tensors()) {
      if (tensor.name == name) return tensor.shape;
    }
    return Shape{};
  };
  const NetworkSpec images = test::strided_network(Activation::kRelu);
  EXPECT_EQ(shape_of(images, "encoder.0.weight"), (Shape{3, 2, 3, 3}));
  EXPECT_EQ(shape_of(images, "encoder.0.bias"), (Shape{3}));
  EXPECT_EQ(shape_of(images, "encoder.2.weight"), (Shape{3, 16}));
  EXPECT_EQ(shape_of(images, "decoder.1.weight"), (Shape{4, 3, 3, 3}));
  EXPECT_EQ(shape_of(images, "decoder.1.bias"), (Shape{3}));
  const NetworkSpec series = test::series_network(Activation::kRelu);
  EXPECT_EQ(shape_of(series, "encoder.0.weight"), (Shape{16, 1, 3}));
  EXPECT_EQ(shape_of(series, "decoder.1.weight"), (Shape{16, 1, 3}));
  const NetworkSpec pooled = test::pooled_network(Activation::kRelu, LayerKind::kMaxPool, false);
  EXPECT_EQ(shape_of(pooled, "encoder.1.weight"), Shape());
  EXPECT_EQ(shape_of(pooled, "encoder.1.bias"), Shape());
}

TEST(Network, InitialisesConvolutionsByWhatMeetsInAnOutput) {
  NetworkSpec spec = test::network_over({8, 8, 4});
  const Window window{3, 3, 2, 2};
  spec.encoder = {test::map_layer(LayerKind::kConvolution, {4, 4, 40}, window, Activation::kRelu)};
  spec.decoder = {test::map_layer(LayerKind::kTransposedConvolution, spec.input, window)};
  Network<float> network(spec);
  network.initialise(1);
  const std::vector<NamedTensor> tensors = network.tensors();
  // 9 · 4 numbers to an output; transposed, 9 · 40 / 4 to an output and 9 · 4 from an input.
  const double bounds[] = {std::sqrt(6.0 / 36), std::sqrt(6.0 / (90 + 36))};
  for (const std::size_t layer : {0, 1}) {
    double largest = 0;
    for (const float w : tensors[2 * layer].values) {
      largest = std::max(largest, std::abs(static_cast<double>(w)));
    }
    EXPECT_LE(largest, bounds[layer]);
    EXPECT_GE(largest, 0.98 * bounds[layer]);
  }
}

TEST(NetworkSpec, RefusesMapsThatDoNotFit) {
  const auto refusal = [](const std::function<void(NetworkSpec&)>& change) -> std::string {
    NetworkSpec spec = test::strided_network(Activation::kRelu);
    change(spec);
    try {
      validate(spec);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.what();
    }
    return "accepted";
  };
  const auto expect = [&](const std::function<void(NetworkSpec&)>& change, const char* part) {
    const std::string text = refusal(change);
    EXPECT_NE(text.find(part), std::string::npos) << text;
  };
  EXPECT_EQ(refusal([](NetworkSpec&) {}), "accepted");
  expect([](NetworkSpec& s) { s.encoder[0].window.kernel_width = 4; }, "kernel of 4");
  expect([](NetworkSpec& s) { s.encoder[1].window.stride_width = 1; },
         "encoder layer 2 makes maps of 2 x 3 x 4");
  expect([](NetworkSpec& s) { s.decoder[1].window = {3, 3, 1, 1}; }, "decoder layer 2 makes maps");
  expect([](NetworkSpec& s) { s.tied = true; }, "tied");
  expect([](NetworkSpec& s) { s.decoder[2].adds = 0; }, "cannot add a map of 3 x 3 x 3");
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
