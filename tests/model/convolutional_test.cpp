#include "model/convolutional.h"

#include <gtest/gtest.h>
#include <limits>

#include "hourglass/error.h"
#include "model/saved_model.h"
#include "model/settings.h"
#include "network/network.h"

namespace hourglass {
namespace {

DataShape samples_of(const std::vector<Index>& sample_shape) {
  DataShape shape{.rows = 5000, .features = 1, .sample_shape = sample_shape};
  for (const Index size : sample_shape) shape.features *= size;
  shape.image = sample_shape.size() > 1;
  shape.unit_interval = shape.image;
  return shape;
}

const DataShape kDigits = samples_of({28, 28});

ModelSpec resolved(const Settings& settings, const DataShape& shape = kDigits) {
  Settings all = {{"family", "convolutional"}};
  all.insert(all.end(), settings.begin(), settings.end());
  ModelSpec spec = spec_from_settings(all);
  resolve(spec, shape, nullptr);
  return spec;
}

NetworkSpec network(const Settings& settings, const DataShape& shape = kDigits) {
  return network_of(resolved(settings, shape), shape.features, shape.sample_shape);
}

std::string refused(const Settings& settings, const DataShape& shape = kDigits) {
  try {
    resolved(settings, shape);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

void expect_refused(const Settings& settings, const std::string& part,
                    const DataShape& shape = kDigits) {
  const std::string text = refused(settings, shape);
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

/// "conv 14x14x16 …", the layers of one side.
std::string layers_text(const std::vector<LayerSpec>& layers) {
  static const char* const names[] = {"dense",    "conv",  "transposed",  "max",     "mean",
                                      "upsample", "top-k", "batch-top-k", "gaussian"};
  std::string text;
  for (const LayerSpec& layer : layers) {
    const MapShape map = layer.shape();
    if (!text.empty()) text += ", ";
    text += names[static_cast<int>(layer.kind)];
    text += " " + std::to_string(map.height) + "x" + std::to_string(map.width) + "x" +
            std::to_string(map.channels);
  }
  return text;
}

TEST(Convolutional, MirrorsItsEncoder) {
  const NetworkSpec plain =
      network({{"channels", "16,32"}, {"hidden", "none"}, {"latent_dim", "8"}});
  EXPECT_EQ(layers_text(plain.encoder), "conv 14x14x16, conv 7x7x32, dense 1x1x8");
  EXPECT_EQ(layers_text(plain.decoder), "dense 7x7x32, transposed 14x14x16, transposed 28x28x1");
  EXPECT_EQ(plain.decoder.back().activation, Activation::kIdentity);

  const NetworkSpec pooled = network({{"channels", "4,6"},
                                      {"downsample", "pool-mean"},
                                      {"upsample", "nearest"},
                                      {"bottleneck", "false"}},
                                     samples_of({15, 10, 3}));
  EXPECT_EQ(layers_text(pooled.encoder), "conv 15x10x4, mean 8x5x4, conv 8x5x6, mean 4x3x6");
  EXPECT_EQ(layers_text(pooled.decoder),
            "upsample 8x5x6, conv 8x5x4, upsample 15x10x4, conv 15x10x3");
  EXPECT_EQ(pooled.latent_dim(), 4 * 3 * 6);

  const NetworkSpec series =
      network({{"architecture", "conv1d"}, {"channels", "8"}, {"hidden", "9"}, {"latent_dim", "2"}},
              samples_of({101}));
  EXPECT_EQ(layers_text(series.encoder), "conv 1x51x8, dense 1x1x9, dense 1x1x2");
  EXPECT_EQ(layers_text(series.decoder), "dense 1x1x9, dense 1x51x8, transposed 1x101x1");
}

TEST(Convolutional, JoinsLevelsOfOneSize) {
  const NetworkSpec joined =
      network({{"channels", "4,5,6"}, {"skips", "true"}, {"residual", "true"}});
  std::vector<Index> adds;
  for (const LayerSpec& layer : joined.decoder) adds.push_back(layer.adds);
  EXPECT_EQ(adds, (std::vector<Index>{kNothing, 1, 0, kNetworkInput}));
  EXPECT_TRUE(joined.skips_code());
  EXPECT_FALSE(network({}).skips_code());
  for (const char* downsample : {"stride", "pool-max"}) {
    for (const char* upsample : {"transpose", "nearest"}) {
      EXPECT_NO_THROW(network({{"channels", "3,4"},
                               {"skips", "true"},
                               {"downsample", downsample},
                               {"upsample", upsample},
                               {"bottleneck", "false"}},
                              samples_of({13, 21})));
    }
  }
}

// Penalties that put layers into the encoder leave the skips where they were.
TEST(Convolutional, GoesWithPenalties) {
  for (const char* penalty : {"l1", "kl", "top-k=4"}) {
    const NetworkSpec plain = network({{"channels", "4,5"}, {"skips", "true"}});
    const NetworkSpec penalised = network({{"channels", "4,5"},
                                           {"skips", "true"},
                                           {"code_activation", "sigmoid"},
                                           {"penalty", penalty}});
    EXPECT_EQ(penalised.decoder[1].adds, plain.decoder[1].adds) << penalty;
  }
}

TEST(Convolutional, ChoosesWhatIsLeftOpen) {
  const ModelSpec digits = resolved({});
  EXPECT_EQ(digits.architecture, Architecture::kConv2d);
  EXPECT_EQ(digits.channels, (std::vector<Index>{16, 32}));
  EXPECT_EQ(digits.latent_dim, 32);
  EXPECT_EQ(digits.hidden, (std::vector<Index>{256}));
  EXPECT_EQ(resolved({{"channels", "2,4"}}).hidden, std::vector<Index>());
  EXPECT_EQ(resolved({}, samples_of({200, 120, 3})).channels,
            (std::vector<Index>{16, 32, 64, 128}));
  EXPECT_EQ(resolved({}, samples_of({3, 3})).channels, (std::vector<Index>{16}));
  EXPECT_EQ(resolved({{"bottleneck", "false"}}).latent_dim, 7 * 7 * 32);
  // A family only fills in defaults.
  EXPECT_EQ(resolved({{"architecture", "dense"}}).architecture, Architecture::kDense);
  ModelSpec other = spec_from_settings({{"family", "deep"}, {"architecture", "conv2d"}});
  resolve(other, kDigits, nullptr);
  EXPECT_EQ(other.channels, (std::vector<Index>{16, 32}));
}

TEST(Convolutional, RefusesWhatMakesNoSense) {
  expect_refused({}, "use family deep", samples_of({30}));
  expect_refused({}, "architecture conv1d", samples_of({30}));
  expect_refused({}, "put the channels last", samples_of({3, 32, 32}));
  expect_refused({}, "the samples are 9 x 9 x 9", samples_of({9, 9, 9}));
  expect_refused({{"architecture", "conv1d"}}, "use conv2d", samples_of({9, 9, 3}));
  expect_refused({{"tied", "true"}}, "leave tied out");
  expect_refused({{"kernel_size", "4"}}, "give an odd one, e.g. 5");
  expect_refused({{"channels", "1,2,3,4,5,6"}}, "give at most 5 numbers");
  expect_refused({{"channels", "8"}, {"skips", "true"}}, "channels = 16,32");
  expect_refused({{"residual", "true"}, {"loss", "bce"}}, "use loss mse");
  expect_refused({{"bottleneck", "false"}, {"latent_dim", "9"}}, "7 x 7 x 32 = 1568");
  expect_refused({{"bottleneck", "false"}, {"hidden", "9"}}, "leave hidden out");
  expect_refused({{"architecture", "dense"}, {"skips", "true"}}, "leave skips out");
  expect_refused({{"penalty", "variational"}, {"skips", "true"}}, "leave skips and residual out");
  expect_refused({{"penalty", "variational"}, {"residual", "true"}},
                 "leave skips and residual out");
  expect_refused({{"penalty", "kl:decoder.1"},
                  {"channels", "4,5"},
                  {"activation", "sigmoid"},
                  {"skips", "true"}},
                 "leave skips out");
  expect_refused({{"penalty", "contractive"}}, "give contractive_probes = 1 or more");
  expect_refused({{"penalty", "top-k"}, {"bottleneck", "false"}}, "bottleneck = true");
  expect_refused({{"architecture", "dense"}, {"channels", "8"}}, "leave channels out");
  DataShape encoded = samples_of({5, 5});
  encoded.features = 24;
  expect_refused({}, "24 features are left", encoded);
}

TEST(Convolutional, ASavedModelComesBack) {
  SavedModel model;
  model.spec = resolved({{"channels", "3,4"},
                         {"latent_dim", "2"},
                         {"norm", "batch"},
                         {"residual", "true"},
                         {"skips", "true"},
                         {"kernel_size", "5"}},
                        samples_of({6, 7}));
  model.encoding.scaling = Scaling::kNone;
  model.encoding.unit_interval = true;
  model.encoding.sample_shape = {6, 7};
  model.encoding.columns.resize(42);
  model.encoding.lay_out_features();
  model.training.train_loss = model.training.model_mse = 1;
  model.training.validation_loss = model.training.pca_loss =
      std::numeric_limits<double>::quiet_NaN();
  Network<float> network(network_of(model.spec, 42, {6, 7}));
  network.initialise(3);
  model.networks = {network.tensors()};
  const SavedModel again = parse_model(format_model(model), "images");
  EXPECT_EQ(settings_from_spec(again.spec), settings_from_spec(model.spec));
  ASSERT_EQ(again.networks[0].size(), model.networks[0].size());
  for (std::size_t i = 0; i < model.networks[0].size(); ++i) {
    EXPECT_EQ(again.networks[0][i].name, model.networks[0][i].name);
    EXPECT_EQ(again.networks[0][i].shape, model.networks[0][i].shape);
    EXPECT_EQ(again.networks[0][i].values, model.networks[0][i].values);
  }
  EXPECT_EQ(again.networks[0][0].shape, (std::vector<Index>{3, 1, 5, 5}));
  // A spec that asks for more than the file holds is refused before anything is made of it.
  model.spec.channels = {1000000, 1000000};
  EXPECT_THROW(parse_model(format_model(model), "images"), Error);
  model.spec.channels.clear();
  model.spec.bottleneck = false;
  EXPECT_THROW(parse_model(format_model(model), "images"), Error);
}

// Each block adds to what enters it; beyond the last level they stand on both sides.
TEST(Convolutional, ResidualBlocksStandAtTheirLevels) {
  const NetworkSpec made = network({{"channels", "4,6"},
                                    {"blocks", "1,2"},
                                    {"bottleneck", "false"},
                                    {"skips", "true"},
                                    {"residual", "true"}});
  EXPECT_EQ(layers_text(made.encoder),
            "conv 14x14x4, conv 14x14x4, conv 14x14x4, conv 7x7x6, conv 7x7x6, conv 7x7x6, "
            "conv 7x7x6, conv 7x7x6");
  EXPECT_EQ(layers_text(made.decoder),
            "transposed 14x14x4, conv 14x14x4, conv 14x14x4, transposed 28x28x1");
  std::vector<Index> adds;
  for (Index i = 0; i < made.layer_count(); ++i) adds.push_back(made.layer(i).adds);
  const Index no = kNothing;
  EXPECT_EQ(adds, (std::vector<Index>{no, no, 0, no, no, 3, no, 5, 2, no, 8, kNetworkInput}));

  Network<float> begins(made);
  begins.initialise(1);
  for (Index i = 0; i < made.layer_count(); ++i) {
    const bool adds_nothing_yet = begins.parameters(i).weights.view().at(0, 0) == 0;
    EXPECT_EQ(adds_nothing_yet, i == 2 || i == 5 || i == 7 || i == 10 || i == 11) << i;
  }

  expect_refused({{"channels", "4,6"}, {"blocks", "1"}}, "blocks");
  expect_refused({{"blocks", "65"}}, "blocks");
}

TEST(Convolutional, DenoisingOfPicturesHasDefaultsOfItsOwn) {
  const ModelSpec spec = resolved({{"job", "denoise"}}, samples_of({64, 64}));
  EXPECT_EQ(spec.channels, (std::vector<Index>{64, 64}));
  EXPECT_EQ(spec.blocks, (std::vector<Index>{4, 1}));
  EXPECT_TRUE(spec.skips && spec.residual && !spec.bottleneck);
  ASSERT_EQ(spec.corruptions.size(), 1U);
  EXPECT_EQ(spec.corruptions[0].low, 0);
  EXPECT_DOUBLE_EQ(spec.corruptions[0].high, 55.0 / 255);
  EXPECT_EQ(resolved({{"job", "denoise"}, {"corrupt", "masking:0.5"}}).corruptions[0].corruption,
            Corruption::kMasking);
}

}  // namespace
}  // namespace hourglass
