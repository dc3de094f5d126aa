#include "model/settings.h"

#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/family.h"

namespace hourglass {
namespace {

std::string refused(const Settings& settings) {
  try {
    spec_from_settings(settings);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

std::string printed(const ModelSpec& spec, const std::string& key) {
  for (const auto& [name, text] : settings_from_spec(spec)) {
    if (name == key) return text;
  }
  return "(no such key)";
}

TEST(Settings, EveryDefaultIsWhatTheTableSays) {
  const ModelSpec spec = spec_from_settings({});
  for (const SettingInfo& info : setting_table()) {
    const std::string first = info.default_text.substr(0, info.default_text.find(" ("));
    EXPECT_EQ(printed(spec, info.key), first) << info.key;
  }
}

TEST(Settings, EveryRowIsComplete) {
  for (const SettingInfo& info : setting_table()) {
    EXPECT_FALSE(info.key.empty());
    EXPECT_FALSE(info.group.empty()) << info.key;
    EXPECT_FALSE(info.type.empty()) << info.key;
    EXPECT_GT(info.description.size(), 20U) << info.key;
    EXPECT_EQ(info.description.back(), '.') << info.key;
    EXPECT_EQ(info.choices.empty(), info.type != "one of") << info.key;
    EXPECT_TRUE(info.flag.empty() || info.flag.starts_with("--")) << info.key;
  }
}

TEST(Settings, EveryChoiceComesBack) {
  for (const SettingInfo& info : setting_table()) {
    std::size_t begin = 0;
    while (begin < info.choices.size()) {
      const std::size_t end = std::min(info.choices.find(", ", begin), info.choices.size());
      const std::string choice = info.choices.substr(begin, end - begin);
      EXPECT_EQ(printed(spec_from_settings({{info.key, choice}}), info.key), choice);
      begin = end + 2;
    }
  }
}

TEST(Settings, ASpecComesBackFromItsSettings) {
  const Settings given = {{"family", "undercomplete"}, {"hidden", "128, 64"},
                          {"latent_dim", "12"},        {"lr", "0.1"},
                          {"seed", "123456789012345"}, {"tied", "true"},
                          {"patience", "0"},           {"epsilon", "1e-7"}};
  const Settings once = settings_from_spec(spec_from_settings(given));
  EXPECT_EQ(settings_from_spec(spec_from_settings(once)), once);
  EXPECT_EQ(printed(spec_from_settings(once), "hidden"), "128,64");
  EXPECT_EQ(printed(spec_from_settings(once), "lr"), "0.1");
}

TEST(Settings, LaterOnesOverruleEarlierOnes) {
  EXPECT_EQ(spec_from_settings({{"latent_dim", "3"}, {"latent_dim", "5"}}).latent_dim, 5);
}

TEST(Settings, TheFamilyFillsInFirstWhereverItStands) {
  const ModelSpec spec = spec_from_settings({{"scaling", "none"}, {"family", "linear"}});
  EXPECT_EQ(spec.scaling, Scaling::kNone);
  EXPECT_EQ(spec.activation, Activation::kIdentity);
  EXPECT_EQ(spec_from_settings({{"family", "linear"}}).scaling, Scaling::kCentred);
}

TEST(Settings, TheCodeOfAShallowNetworkFollowsTheActivation) {
  EXPECT_EQ(spec_from_settings({{"family", "undercomplete"}}).code_activation, Activation::kElu);
  EXPECT_EQ(
      spec_from_settings({{"activation", "tanh"}, {"family", "undercomplete"}}).code_activation,
      Activation::kTanh);
  EXPECT_EQ(spec_from_settings(
                {{"family", "undercomplete"}, {"activation", "tanh"}, {"code_activation", "relu"}})
                .code_activation,
            Activation::kRelu);
  EXPECT_EQ(spec_from_settings({{"activation", "tanh"}}).code_activation, Activation::kIdentity);
}

TEST(Settings, AutoAndNoneAreTold) {
  EXPECT_FALSE(spec_from_settings({}).hidden_given);
  EXPECT_TRUE(spec_from_settings({{"hidden", "none"}}).hidden_given);
  EXPECT_FALSE(spec_from_settings({{"hidden", "8"}, {"hidden", "auto"}}).hidden_given);
  EXPECT_EQ(spec_from_settings({{"patience", "auto"}}).patience, kAutomaticPatience);
}

TEST(Settings, RefusesWithOneLine) {
  EXPECT_EQ(refused({{"latent_dim", "0"}}),
            "latent_dim = 0 is out of range: give an integer from 1 to 1000000");
  EXPECT_EQ(refused({{"latent_dim", "99999999999999999999"}}),
            "latent_dim = 99999999999999999999 is out of range: give an integer from 1 to 1000000");
  EXPECT_EQ(refused({{"latent_dim", "8.5"}}),
            "latent_dim = 8.5 is not an integer: give an integer from 1 to 1000000");
  EXPECT_EQ(refused({{"latent_dim", ""}}),
            "latent_dim = '' is not an integer: give an integer from 1 to 1000000");
  EXPECT_EQ(refused({{"dropout", "1"}}),
            "dropout = 1 is out of range: give a number from 0 to below 1");
  EXPECT_EQ(refused({{"lr", "0"}}), "lr = 0 is out of range: give a number above 0 to 1000");
  EXPECT_EQ(refused({{"lr", "nan"}}), "lr = nan is out of range: give a number above 0 to 1000");
  EXPECT_EQ(refused({{"clip_norm", "inf"}}),
            "clip_norm = inf is out of range: give a number from 0 up");
  EXPECT_EQ(refused({{"tied", "yes"}}), "tied = yes is neither true nor false: give true or false");
  EXPECT_EQ(refused({{"latent_dmi", "2"}}), "unknown key 'latent_dmi': did you mean 'latent_dim'?");
  EXPECT_EQ(refused({{"optimizer", "adm"}}),
            "optimizer = adm is unknown: did you mean adam? give one of adam, adamw, sgd, rmsprop");
  EXPECT_EQ(refused({{"family", "liner"}}),
            "family = liner is unknown: did you mean linear? give one of deep, undercomplete, "
            "linear, convolutional");
}

TEST(Settings, RefusesWidthsThatAreNone) {
  for (const char* text : {"", ",", "8,", "8,,4", "8;4", "8,0", "-8", "8,1000001", "8,a"}) {
    EXPECT_NE(refused({{"hidden", text}}).find("hidden = "), std::string::npos) << text;
  }
  std::string many = "1";
  for (int i = 0; i < 64; ++i) many += ",1";
  EXPECT_NE(refused({{"hidden", many}}).find("(65 layers)"), std::string::npos);
}

TEST(Settings, ASettingIsAKeyAndAValue) {
  EXPECT_EQ(parse_setting("latent_dim=8"),
            (std::pair<std::string, std::string>("latent_dim", "8")));
  EXPECT_THROW(parse_setting("latent_dim"), Error);
  EXPECT_THROW(parse_setting("=8"), Error);
  EXPECT_THROW(parse_setting("latent_dim=x"), Error);
  EXPECT_THROW(parse_setting("hiden=8"), Error);
}

TEST(Families, AreToldWithASentence) {
  EXPECT_EQ(family_table().size(), families().size());
  for (const auto& [name, sentence] : family_table()) {
    EXPECT_EQ(spec_from_settings({{"family", name}}).family, name);
    EXPECT_GT(sentence.size(), 20U);
  }
}

}  // namespace
}  // namespace hourglass
