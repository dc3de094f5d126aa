#include "model/penalty_setting.h"

#include <cmath>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/settings.h"

namespace hourglass {
namespace {

const DataShape kTable{.rows = 569, .features = 30};

std::string value_of(const Settings& settings, const std::string& wanted) {
  for (const auto& [key, value] : settings) {
    if (key == wanted) return value;
  }
  return "(missing)";
}

/// What a saved model would hold, after reading it back as well.
std::string penalty_text(const Settings& settings) {
  const Settings once = settings_from_spec(spec_from_settings(settings));
  EXPECT_EQ(settings_from_spec(spec_from_settings(once)), once);
  return value_of(once, "penalty");
}

ModelSpec resolved(const Settings& settings) {
  ModelSpec spec = spec_from_settings(settings);
  resolve(spec, kTable, nullptr);
  return spec;
}

std::string refused(const Settings& settings) {
  try {
    resolved(settings);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(PenaltySetting, EntriesAddToTheFamilysUnlessTheyOverruleThem) {
  EXPECT_EQ(penalty_text({}), "none");
  EXPECT_EQ(penalty_text({{"penalty", "l1=0.001"}}), "l1=0.001");
  EXPECT_EQ(penalty_text({{"penalty", "l1=0.001,contractive=2:encoder.0"}}),
            "l1=0.001,contractive=2:encoder.0");
  EXPECT_EQ(penalty_text({{"penalty", "l1=1"}, {"penalty", "l1=2"}}), "l1=2");
  EXPECT_EQ(penalty_text({{"penalty", "l1=1"}, {"penalty", "l1=2:encoder.0"}}),
            "l1=1,l1=2:encoder.0");
  EXPECT_EQ(penalty_text({{"family", "sparse-l1"}}), "l1=auto");
  EXPECT_EQ(penalty_text({{"family", "sparse-l1"}, {"penalty", "l1=0.5"}}), "l1=0.5");
  EXPECT_EQ(penalty_text({{"family", "sparse-l1"}, {"penalty", "contractive"}}),
            "l1=auto,contractive=auto");
  EXPECT_EQ(penalty_text({{"family", "sparse-l1"}, {"penalty", "none, contractive=1"}}),
            "none,contractive=1");
  EXPECT_EQ(penalty_text({{"family", "sparse-l1"}, {"penalty", "none"}}), "none");
}

TEST(PenaltySetting, AnOpenWeightFollowsTheWidthOfTheData) {
  const ModelSpec spec = resolved({{"family", "sparse-l1"}});
  ASSERT_EQ(spec.step.penalties.size(), 1U);
  EXPECT_GT(spec.step.penalties[0].weight, 0);
  ModelSpec wide = spec_from_settings({{"family", "sparse-l1"}});
  resolve(wide, {.rows = 569, .features = 300}, nullptr);
  EXPECT_DOUBLE_EQ(wide.step.penalties[0].weight, spec.step.penalties[0].weight / 10);
}

TEST(PenaltySetting, AnOpenNumberOfUnitsFitsTheDataAndTheCode) {
  const auto kept = [](const Settings& settings, Index features) {
    ModelSpec spec = spec_from_settings(settings);
    resolve(spec, {.rows = 569, .features = features}, nullptr);
    return network_of(spec, features, {features}).encoder.back().active;
  };
  EXPECT_EQ(kept({{"family", "k-sparse"}}, 784), 49);
  EXPECT_EQ(kept({{"family", "k-sparse"}}, 20'000), 64);
  EXPECT_EQ(kept({{"family", "k-sparse"}, {"latent_dim", "32"}}, 784), 2);
  EXPECT_EQ(kept({{"penalty", "batch-top-k"}, {"latent_dim", "3"}}, 30), 1);
}

TEST(PenaltySetting, ReachesTheLayerItNames) {
  const auto layer = [](const char* name) {
    return resolved({{"hidden", "20,10"}, {"penalty", std::string("l1=1") + name}})
        .step.penalties.at(0)
        .layer;
  };
  EXPECT_EQ(layer(""), 2);
  EXPECT_EQ(layer(":code"), 2);
  EXPECT_EQ(layer(":encoder.1"), 1);
  EXPECT_EQ(layer(":decoder.0"), 3);
  const ModelSpec spec =
      resolved({{"family", "sparse-kl"}, {"sparsity_target", "0.2"}, {"sparsity_memory", "0.5"}});
  EXPECT_EQ(spec.step.penalties.at(0).target, 0.2);
  EXPECT_EQ(spec.step.penalties.at(0).memory, 0.5);
}

TEST(PenaltySetting, RefusesWithTheNearestThingThatWorks) {
  const std::string form =
      ": give NAME=WEIGHT[:LAYER], e.g. l1=1e-4 or kl=0.01:encoder.0; names are l1, kl, ";
  const auto starts = [&](const std::string& text, const std::string& head) {
    EXPECT_EQ(text.rfind(head, 0), 0U) << text;
  };
  starts(refused({{"penalty", "contractiv=1"}}),
         "penalty = contractiv=1 is unknown, did you mean contractive?" + form);
  starts(refused({{"penalty", "l1=-1"}}), "penalty = l1=-1 has no weight from 0 up" + form);
  starts(refused({{"penalty", "l1=inf"}}), "penalty = l1=inf has no weight from 0 up" + form);
  starts(refused({{"penalty", "l1=1:"}}), "penalty = l1=1: names no layer");
  starts(refused({{"penalty", "l1=1:encoder.7"}, {"hidden", "9"}}),
         "penalty on layer encoder.7: there is none of that name: give one of code, encoder.0, "
         "encoder.1, decoder.0");
  starts(refused({{"family", "variational"}, {"tied", "true"}, {"hidden", "16"}}),
         "tied weights need a decoder that mirrors the encoder: decoder layer 1 takes in 8 numbers "
         "where the layer it mirrors gives 16; leave tied out");
  starts(refused({{"penalty", "kl=1"}}), "penalty kl on encoder.2: it needs activations within");
  starts(refused({{"penalty", "contractive=1"}, {"norm", "batch"}}),
         "penalty contractive on encoder.2: the Jacobian is that of products");
}

}  // namespace
}  // namespace hourglass
