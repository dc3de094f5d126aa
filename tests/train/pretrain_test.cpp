#include "train/pretrain.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/settings.h"
#include "network/inference.h"
#include "train/evaluate.h"
#include "train/fit.h"

namespace hourglass {
namespace {

constexpr Index kRows = 256;
constexpr Index kCols = 12;

// Three hidden causes bent into twelve columns.
Matrix<float> curved_rows() {
  Matrix<float> rows(kRows, kCols);
  for (Index r = 0; r < kRows; ++r) {
    for (Index c = 0; c < kCols; ++c) {
      const double phase = 0.1 * double(r * (c % 3 + 1)) + double(c);
      rows.at(r, c) = static_cast<float>(std::sin(phase));
    }
  }
  return rows;
}

ModelSpec deep_spec(const Settings& more) {
  Settings settings = {
      {"hidden", "10,8"}, {"latent_dim", "3"},  {"activation", "tanh"}, {"pretrain_epochs", "30"},
      {"epochs", "1"},    {"batch_size", "32"}, {"lr", "0.01"},         {"patience", "0"}};
  settings.insert(settings.end(), more.begin(), more.end());
  ModelSpec spec = spec_from_settings(settings);
  resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
  return spec;
}

Network<float> fresh(const ModelSpec& spec) {
  Network<float> network(network_of(spec, kCols));
  network.initialise(spec.seed);
  return network;
}

void pretrain_on(Network<float>& network, const ModelSpec& spec, const Samples& samples,
                 const ProgressCallback& progress = {}) {
  ThreadPool pool(2);
  pretrain(network, spec, samples, {}, pool, progress);
}

double error_of(const Network<float>& network, const ModelSpec& spec, const Samples& samples) {
  ThreadPool pool(1);
  return evaluate(network, spec.step, samples, nullptr, pool).mean_squared_error;
}

TEST(Pretrain, IsAStartThatReconstructs) {
  for (const Settings& settings :
       {Settings{}, Settings{{"tied", "true"}}, Settings{{"dropout", "0.01"}}}) {
    const ModelSpec spec = deep_spec(settings);
    const Samples samples(curved_rows());
    Network<float> network = fresh(spec);
    const double before = error_of(network, spec, samples);
    pretrain_on(network, spec, samples);
    EXPECT_LT(error_of(network, spec, samples), before / 3)
        << (settings.empty() ? "plain" : settings[0].first);
  }
}

// The pair that the second layer makes with its mirror image has learned the first one's outputs.
TEST(Pretrain, EachLayerLearnsWhatThoseBelowMakeOfTheSamples) {
  const ModelSpec spec = deep_spec({});
  const Samples samples(curved_rows());
  Network<float> network = fresh(spec);
  pretrain_on(network, spec, samples);

  ThreadPool pool(1);
  Inference<float> inference(network, false, pool);
  Matrix<float> first(kRows, 10);
  inference.activations(samples.matrix(), 0, first.view());
  NetworkSpec pair_spec;
  pair_spec.features = 10;
  pair_spec.encoder = {network.layer(1)};
  pair_spec.decoder = {network.layer(4)};
  Network<float> pair(pair_spec);
  const auto tensors = network.tensors();
  std::vector<NamedTensor> taken = pair.tensors();
  for (NamedTensor& tensor : taken) {
    const std::string from = tensor.name.starts_with("encoder") ? "encoder.1" : "decoder.1";
    for (const NamedTensor& whole : tensors) {
      if (whole.name == from + tensor.name.substr(9)) tensor.values = whole.values;
    }
  }
  pair.set_tensors(taken);
  double variance = 0, mean = 0;
  for (Index i = 0; i < kRows * 10; ++i) mean += first.data()[i] / (kRows * 10.0);
  for (Index i = 0; i < kRows * 10; ++i) {
    variance += std::pow(first.data()[i] - mean, 2) / (kRows * 10.0);
  }
  EXPECT_LT(error_of(pair, spec, Samples(std::move(first))), 0.1 * variance);
}

TEST(Pretrain, TellsWhichLayerItIsAt) {
  const ModelSpec spec = deep_spec({});
  Network<float> network = fresh(spec);
  std::string last;
  pretrain_on(network, spec, Samples(curved_rows()),
              [&](const Progress& moment) { last = moment.stage; });
  EXPECT_EQ(last, "pre-training layer 3 of 3");
}

TEST(Pretrain, IsRefusedWhereLayersAreNotAPlainStack) {
  for (const Settings& settings :
       {Settings{{"penalty", "top-k=2"}}, Settings{{"family", "variational"}}}) {
    try {
      deep_spec(settings);
      ADD_FAILURE() << settings[0].first;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    }
  }
}

}  // namespace
}  // namespace hourglass
