#include "model/model_spec.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/default_sizes.h"
#include "model/settings.h"

namespace hourglass {
namespace {

const DataShape kTable{.rows = 569, .features = 30};
const DataShape kImages{.rows = 60000, .features = 784, .image = true, .unit_interval = true};

ModelSpec resolved(const Settings& settings, const DataShape& shape,
                   std::vector<std::string>* notes = nullptr) {
  ModelSpec spec = spec_from_settings(settings);
  resolve(spec, shape, notes);
  return spec;
}

std::string refused(const Settings& settings, const DataShape& shape = kTable) {
  try {
    resolved(settings, shape);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(Resolve, RefusesCorruptionThatHasNothingToActOn) {
  const DataShape categories{
      .rows = 100, .features = 9, .has_categories = true, .has_numbers = false};
  const DataShape mixed{.rows = 100, .features = 9, .has_categories = true};
  EXPECT_EQ(refused({{"corrupt", "rectangles:0.2"}}),
            "corrupt = rectangles:0.2 cuts holes into images, and these samples are none: use "
            "masking:0.2 for a table");
  EXPECT_EQ(refused({{"corrupt", "rectangles:0.2"}}, kImages), "(accepted)");
  for (const char* noise : {"gaussian:0.2", "cauchy:0.2", "uniform:0.2"}) {
    EXPECT_EQ(refused({{"corrupt", noise}}, categories),
              std::string("corrupt = ") + noise +
                  " acts on numbers, and every column holds categories: use masking, e.g. "
                  "masking:0.2");
  }
  EXPECT_EQ(refused({{"corrupt", "masking:0.2"}}, categories), "(accepted)");
  EXPECT_EQ(refused({{"corrupt", "recording:10"}}),
            "corrupt = recording:10 needs a recording to take noise from: give "
            "--noise-from FILE, or use gaussian noise, e.g. gaussian:0.1");
  EXPECT_EQ(refused({{"corrupt", "recording:10"}, {"noise_from", "wind.npy"}}), "(accepted)");
  std::vector<std::string> notes;
  const std::string told =
      "corrupt = gaussian:0.2 acts on the numeric columns alone; masking acts on categories too";
  resolved({{"corrupt", "gaussian:0.2"}}, mixed, &notes);
  EXPECT_EQ(notes.back(), told);
  resolved({{"corrupt", "gaussian:0.2,masking:0.1"}}, mixed, &notes);
  EXPECT_NE(notes.back(), told);
}

TEST(Resolve, TakesLevelsThatAreLeftOpenFromTheRatio) {
  const auto corrupts = [](const Settings& settings) {
    for (const auto& [key, value] : settings_from_spec(resolved(settings, kTable))) {
      if (key == "corrupt") return value;
    }
    return std::string();
  };
  EXPECT_EQ(corrupts({{"corrupt", "white"}}), "white:0-10");
  EXPECT_EQ(corrupts({{"corrupt", "white,white:3"}, {"snr", "-5:5"}}), "white:-5-5,white:3");
  EXPECT_EQ(corrupts({{"noise_from", "wind.npy"}, {"snr", "6"}}), "recording:6");
  EXPECT_EQ(corrupts({{"noise_from", "x"}, {"corrupt", "white"}}), "white:0-10,recording:0-10");
  // A job's own noise gives way to recordings of it.
  EXPECT_EQ(corrupts({{"job", "denoise-sound"}}), "white:0-10");
  EXPECT_EQ(corrupts({{"job", "denoise-sound"}, {"noise_from", "x"}}), "recording:0-10");
  EXPECT_NE(refused({{"snr", "10:0"}}).find("LOW:HIGH"), std::string::npos);
  EXPECT_NE(refused({{"snr", "loud"}}), "(accepted)");
}

// What a job sets gives way to what is asked for, in whatever order.
TEST(Resolve, ForDetectionMembersDenoiseWhatColumnsThereAre) {
  const auto corrupts = [](const DataShape& shape, Settings settings = {}) {
    settings.emplace_back("job", "detect");
    for (const auto& [key, value] : settings_from_spec(resolved(settings, shape))) {
      if (key == "corrupt") return value;
    }
    return std::string();
  };
  DataShape mixed = kTable;
  mixed.has_categories = true;
  DataShape categories = mixed;
  categories.has_numbers = false;
  EXPECT_EQ(corrupts(kTable), "gaussian:0.05-1");
  EXPECT_EQ(corrupts(mixed), "gaussian:0.05-1,masking:0-0.5");
  EXPECT_EQ(corrupts(categories), "masking:0-0.5");
  EXPECT_EQ(corrupts(mixed, {{"corrupt", "masking:0.1"}}), "masking:0.1");
  EXPECT_EQ(corrupts(mixed, {{"corrupt", "none"}}), "none");
}

TEST(Resolve, WhatAJobSetsGivesWay) {
  const ModelSpec spec = resolved({{"job", "detect"}}, kTable);
  EXPECT_EQ(spec.hidden, std::vector<Index>{128});
  EXPECT_EQ(spec.latent_dim, 128);
  EXPECT_EQ(spec.steps, 1000);
  EXPECT_EQ(spec.epochs, 200);  // of five batches each
  EXPECT_EQ(resolved({{"job", "detect"}, {"hidden", "64,24"}}, kTable).latent_dim, 24);
  EXPECT_EQ(resolved({{"latent_dim", "3"}, {"job", "detect"}}, kTable).latent_dim, 3);
  EXPECT_EQ(resolved({{"epochs", "7"}, {"job", "detect"}}, kTable).steps, 0);
  // Codes are compared where there is room in them.
  EXPECT_GT(resolved({{"job", "detect"}}, kTable).reference_codes, 0);
  EXPECT_GT(resolved({{"job", "detect"}, {"hidden", "64,24"}}, kTable).reference_codes, 0);
  EXPECT_EQ(resolved({{"job", "detect"}, {"latent_dim", "3"}}, kTable).reference_codes, 0);
  EXPECT_EQ(resolved({{"job", "detect"}, {"latent_dim", "3"}, {"reference_codes", "9"}}, kTable)
                .reference_codes,
            9);
  EXPECT_EQ(resolved({{"job", "detect-contaminated"}}, kTable).reference_codes, 0);
  EXPECT_EQ(resolved({}, kTable).reference_codes, 0);
  EXPECT_TRUE(
      resolved({{"activation", "elu"}, {"job", "detect"}}, kTable).ensemble_activations.empty());
  EXPECT_EQ(resolved({{"family", "linear"}, {"job", "detect"}}, kTable).ensemble, 1);
}

TEST(Resolve, ChoosesSizesFromASmallTable) {
  std::vector<std::string> notes;
  const ModelSpec spec = resolved({}, kTable, &notes);
  EXPECT_EQ(spec.latent_dim, 8);
  EXPECT_EQ(spec.hidden, (std::vector<Index>{64, 32}));
  EXPECT_EQ(spec.batch_size, 32);
  EXPECT_EQ(spec.step.optimizer, Optimizer::kAdamW);
  EXPECT_DOUBLE_EQ(spec.step.weight_decay, 150.0 / 569);
  EXPECT_EQ(notes.size(), 4U);
  EXPECT_EQ(notes[0], "latent_dim = 8, chosen for 30 features");
}

TEST(Resolve, MakesLittleOfFewRows) {
  const DataShape few{.rows = 100, .features = 30};
  const ModelSpec spec = resolved({}, few);
  EXPECT_EQ(spec.hidden, (std::vector<Index>{64}));
  EXPECT_EQ(spec.step.weight_decay, 1);
  EXPECT_EQ(resolved({{"job", "detect"}, {"family", "robust"}}, few).hidden,
            (std::vector<Index>{64, 32}));
}

TEST(Resolve, DecaysWeightsUnaskedForAdamwAlone) {
  EXPECT_EQ(resolved({{"optimizer", "adam"}}, kTable).step.weight_decay, 0);
  EXPECT_EQ(resolved({{"weight_decay", "0"}}, kTable).step.weight_decay, 0);
  EXPECT_EQ(resolved({{"family", "linear"}}, kTable).step.weight_decay, 0);
  EXPECT_EQ(resolved({{"job", "detect"}}, kTable).step.weight_decay, 0);
  EXPECT_LT(resolved({}, kImages).step.weight_decay, 0.01);
}

TEST(Resolve, ChoosesSizesFromImages) {
  const ModelSpec spec = resolved({}, kImages);
  EXPECT_EQ(spec.latent_dim, 32);
  EXPECT_EQ(spec.hidden, (std::vector<Index>{512, 128}));
  EXPECT_EQ(spec.batch_size, 128);
  EXPECT_EQ(spec.epochs, 43);
}

TEST(Resolve, TakesSmallerStepsWhereLayersAreWide) {
  EXPECT_DOUBLE_EQ(resolved({{"hidden", "512,128"}}, kImages).learning_rate, 2e-3);
  EXPECT_DOUBLE_EQ(resolved({{"hidden", "256,1024"}}, kImages).learning_rate, 1e-3);
  EXPECT_DOUBLE_EQ(resolved({{"hidden", "1024"}, {"lr", "0.01"}}, kImages).learning_rate, 0.01);
}

TEST(Resolve, LeavesWhatWasGiven) {
  std::vector<std::string> notes;
  const ModelSpec spec = resolved({{"latent_dim", "5"},
                                   {"hidden", "9"},
                                   {"epochs", "3"},
                                   {"batch_size", "7"},
                                   {"lr", "0.5"},
                                   {"patience", "0"}},
                                  kTable, &notes);
  EXPECT_EQ(spec.latent_dim, 5);
  EXPECT_EQ(spec.hidden, (std::vector<Index>{9}));
  EXPECT_EQ(spec.epochs, 3);
  EXPECT_EQ(spec.batch_size, 7);
  EXPECT_EQ(spec.learning_rate, 0.5);
  EXPECT_EQ(spec.patience, 0);
  EXPECT_TRUE(notes.empty());
}

TEST(Resolve, MakesTheCodeNoWiderThanTheHiddenLayersAskedFor) {
  EXPECT_EQ(resolved({{"hidden", "16,4"}}, kTable).latent_dim, 4);
}

TEST(Resolve, MakesNoHiddenLayerAsNarrowAsTheCodeAskedFor) {
  EXPECT_EQ(resolved({{"latent_dim", "32"}}, kTable).hidden, (std::vector<Index>{64}));
  EXPECT_TRUE(resolved({{"latent_dim", "64"}}, kTable).hidden.empty());
}

TEST(Resolve, TakesACategoryForOneChoiceUnlessALossWasNamed) {
  const DataShape numbers{.rows = 100, .features = 9};
  const DataShape categories{.rows = 100, .features = 9, .has_categories = true};
  const auto loss = [](const Settings& settings, const DataShape& shape) {
    return resolved(settings, shape).step.loss;
  };
  EXPECT_EQ(loss({}, categories), Loss::kMixed);
  EXPECT_EQ(loss({}, numbers), Loss::kMse);
  EXPECT_EQ(loss({{"loss", "mse"}}, categories), Loss::kMse);
  EXPECT_EQ(loss({{"loss", "huber"}}, categories), Loss::kHuber);
  EXPECT_EQ(loss({{"family", "linear"}}, categories), Loss::kMse);
  EXPECT_EQ(loss({{"family", "robust"}}, categories), Loss::kCorrentropy);
  EXPECT_EQ(loss({{"job", "detect"}}, categories), Loss::kMse);
  EXPECT_EQ(loss({{"job", "detect"}, {"loss", "auto"}}, categories), Loss::kMixed);
  EXPECT_EQ(loss({{"family", "robust"}, {"loss", "auto"}}, categories), Loss::kMixed);

  const std::string note = "loss = mixed, chosen because some columns hold categories";
  std::vector<std::string> notes;
  resolved({}, categories, &notes);
  EXPECT_EQ(std::ranges::count(notes, note), 1);
  notes.clear();
  resolved({{"loss", "mixed"}}, categories, &notes);
  EXPECT_EQ(std::ranges::count(notes, note), 0);
}

TEST(Resolve, IsFinal) {
  const DataShape categories{.rows = 100, .features = 9, .has_categories = true};
  for (const DataShape& shape : {kTable, categories}) {
    const ModelSpec once = resolved({}, shape);
    ModelSpec twice = once;
    std::vector<std::string> notes;
    resolve(twice, shape, &notes);
    EXPECT_EQ(settings_from_spec(twice), settings_from_spec(once));
    EXPECT_TRUE(notes.empty());
  }
}

TEST(Resolve, HandlesEveryShape) {
  for (const Index rows : {1, 2, 31, 5000, 10'000'000}) {
    for (const Index features : {1, 2, 3, 5, 17, 1000, 100'000}) {
      for (const bool image : {false, true}) {
        for (const char* family : {"deep", "undercomplete", "linear"}) {
          const DataShape shape{.rows = rows, .features = features, .image = image};
          const ModelSpec spec = resolved({{"family", family}}, shape);
          EXPECT_GE(spec.latent_dim, 1);
          EXPECT_LE(spec.latent_dim, std::max<Index>(1, features - 1));
          Index wider = features;
          for (const Index width : spec.hidden) {
            EXPECT_GT(width, spec.latent_dim);
            EXPECT_LE(width * wider, Index{1} << 23);
            wider = width;
          }
        }
      }
    }
  }
}

TEST(Resolve, NotesAnOvercompleteCode) {
  std::vector<std::string> notes;
  resolved({{"latent_dim", "30"}, {"hidden", "64"}}, kTable, &notes);
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes[0].find("overcomplete"), std::string::npos);
  notes.clear();
  resolved({{"latent_dim", "30"}, {"hidden", "64"}, {"weight_decay", "0.1"}}, kTable, &notes);
  for (const std::string& note : notes) EXPECT_EQ(note.find("overcomplete"), std::string::npos);
}

TEST(Resolve, RefusesCrossEntropyOutsideTheUnitInterval) {
  EXPECT_NE(refused({{"loss", "bce"}, {"scaling", "standard"}}).find("use scaling minmax"),
            std::string::npos);
  EXPECT_NE(refused({{"loss", "bce"}, {"scaling", "none"}}).find("use scaling minmax"),
            std::string::npos);
  EXPECT_EQ(refused({{"loss", "bce"}, {"scaling", "none"}}, kImages), "(accepted)");
  EXPECT_EQ(refused({{"loss", "bce"}, {"scaling", "minmax"}}), "(accepted)");
  EXPECT_EQ(refused({{"loss", "bce"}}), "(accepted)");
}

TEST(Resolve, RefusesAPredictedVarianceWhereThereIsNoPlaceForOne) {
  const DataShape categories{.rows = 100, .features = 9, .has_categories = true};
  const DataShape maps{.rows = 100, .features = 64, .image = true, .sample_shape = {8, 8}};
  const Settings loss = {{"loss", "gaussian-nll"}};
  EXPECT_EQ(refused(loss), "(accepted)");
  EXPECT_EQ(refused({{"loss", "gaussian-nll"}, {"job", "detect"}}), "(accepted)");
  EXPECT_EQ(refused({{"loss", "gaussian-nll"}, {"family", "variational"}}), "(accepted)");
  const std::string start = "loss gaussian-nll predicts a variance beside each number, which ";
  EXPECT_EQ(refused({{"loss", "gaussian-nll"}, {"tied", "true"}}),
            start + "has no weights to be tied to: set tied = false, or use loss mse");
  EXPECT_EQ(refused({{"loss", "gaussian-nll"}, {"architecture", "conv2d"}}, maps),
            start + "convolutions leave no room for: use family deep, or use loss mse");
  EXPECT_EQ(refused(loss, categories),
            start + "categories have none of: leave their columns out (--drop), or use loss mixed");
}

TEST(Resolve, RefusesWhatActsOnNoLayer) {
  EXPECT_EQ(refused({{"hidden", "none"}, {"dropout", "0.5"}}),
            "dropout acts on hidden layers and there is none: give hidden, e.g. hidden = 32, or "
            "leave dropout out");
  EXPECT_NE(refused({{"family", "linear"}, {"norm", "batch"}}).find("norm acts on"),
            std::string::npos);
}

TEST(Resolve, RefusesAWarmUpLongerThanTheTraining) {
  EXPECT_NE(refused({{"warmup_epochs", "5"}, {"epochs", "5"}}).find("leaves nothing"),
            std::string::npos);
  EXPECT_EQ(refused({{"warmup_epochs", "5"}, {"epochs", "6"}}), "(accepted)");
}

TEST(NetworkOf, MirrorsTheEncoder) {
  const ModelSpec spec = resolved({{"hidden", "20,10"},
                                   {"latent_dim", "4"},
                                   {"norm", "layer"},
                                   {"dropout", "0.5"},
                                   {"code_activation", "tanh"}},
                                  kTable);
  const NetworkSpec network = network_of(spec, 30);
  ASSERT_EQ(network.encoder.size(), 3U);
  ASSERT_EQ(network.decoder.size(), 3U);
  EXPECT_EQ(network.encoder[0].width, 20);
  EXPECT_EQ(network.encoder[1].width, 10);
  EXPECT_EQ(network.latent_dim(), 4);
  EXPECT_EQ(network.decoder[0].width, 10);
  EXPECT_EQ(network.decoder[1].width, 20);
  EXPECT_EQ(network.decoder[2].width, 30);
  EXPECT_EQ(network.encoder[1].norm, Norm::kLayer);
  EXPECT_EQ(network.encoder[2].norm, Norm::kNone);
  EXPECT_EQ(network.encoder[2].dropout, 0);
  EXPECT_EQ(network.encoder[2].activation, Activation::kTanh);
  EXPECT_EQ(network.decoder[1].dropout, 0.5);
  EXPECT_EQ(network.decoder[2].activation, Activation::kIdentity);
  EXPECT_EQ(network.decoder[2].norm, Norm::kNone);
}

TEST(NetworkOf, EndsInAsManyNumbersAsTheLossWants) {
  const NetworkSpec network = network_of(resolved({{"loss", "gaussian-nll"}}, kTable), 30);
  EXPECT_EQ(network.outputs(), 60);
  EXPECT_EQ(network.decoder.back().width, 60);
  EXPECT_EQ(network_of(resolved({}, kTable), 30).outputs(), 30);
}

}  // namespace
}  // namespace hourglass
