#include <fstream>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/settings.h"

namespace hourglass {
namespace {

std::string refused(const std::string& text) {
  try {
    parse_config(text, "conf.toml");
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(Config, ReadsFlatKeysAndTables) {
  const Settings settings = parse_config(
      "latent_dim = 8\n"
      "hidden = [128, 64]\n"
      "tied = true\n"
      "[optimiser]\n"
      "lr = 1e-3\n"
      "[training]\n"
      "epochs = \"auto\"\n",
      "conf.toml");
  EXPECT_EQ(settings, (Settings{{"latent_dim", "8"},
                                {"hidden", "128,64"},
                                {"tied", "true"},
                                {"lr", "0.001"},
                                {"epochs", "auto"}}));
}

TEST(Config, AnEmptyOneSaysNothing) { EXPECT_TRUE(parse_config("", "conf.toml").empty()); }

TEST(Config, AnEmptyListIsNoHiddenLayer) {
  EXPECT_EQ(parse_config("hidden = []", "conf.toml"), (Settings{{"hidden", "none"}}));
}

TEST(Config, WhatIsWrittenReadsBackTheSame) {
  for (const Settings& given :
       {Settings{}, Settings{{"family", "linear"}, {"latent_dim", "3"}},
        Settings{{"hidden", "256,64"}, {"seed", "7"}, {"lr", "0.3"}, {"tied", "true"}},
        Settings{{"corrupt", "gaussian:0.3,masking:0-0.5"},
                 {"noise_from", "no \"\\ gr\xC3\xBC.wav"}},
        Settings{{"corrupt", "recording:-5"},
                 {"noise_from", "\xF0\x9F\x8E\xA7\xE2\x82\xAC.wav"}}}) {
    const ModelSpec spec = spec_from_settings(given);
    const Settings all = settings_from_spec(spec);
    EXPECT_EQ(parse_config(write_config(all), "conf.toml"), all);
  }
}

TEST(Config, AListOfEntriesIsATextOrSeveral) {
  const Settings two = {{"corrupt", "gaussian:0.3,masking:0.1"}};
  EXPECT_EQ(parse_config("corrupt = \"gaussian:0.3,masking:0.1\"", "conf.toml"), two);
  EXPECT_EQ(parse_config("corrupt = [\"gaussian:0.3\", \"masking:0.1\"]", "conf.toml"), two);
  EXPECT_EQ(parse_config("corrupt = []", "conf.toml"), (Settings{{"corrupt", "none"}}));
  EXPECT_EQ(refused("corrupt = [1]"),
            "'corrupt' in conf.toml, line 1: a list holds texts alone, each in quotes");
  EXPECT_EQ(refused("hidden = [\"8\"]"),
            "'hidden' in conf.toml, line 1: a list holds integers alone, e.g. [128, 64]");
}

TEST(Config, SaysWhereAndWhatToDo) {
  EXPECT_EQ(refused("epochs = 3\n\nlatent_dmi = 8\n"),
            "unknown key 'latent_dmi' in conf.toml, line 3: did you mean 'latent_dim'?");
  EXPECT_EQ(refused("[training]\nlatent_dmi = 8\n"),
            "unknown key 'latent_dmi' in conf.toml, line 2: did you mean 'latent_dim'?");
  EXPECT_EQ(refused("latent_dim = 0"),
            "conf.toml, line 1: latent_dim = 0 is out of range: give an integer from 1 to 1000000");
  EXPECT_EQ(refused("[trainig]\nepochs = 5"),
            "unknown table [trainig] in conf.toml: did you mean [training]?");
  EXPECT_EQ(refused("[data]\nepochs = 5"),
            "'epochs' in conf.toml, line 2 belongs under [training], not [data]");
  EXPECT_EQ(refused("epochs = 5\n[training]\nepochs = 6"),
            "'epochs' is given twice in conf.toml, lines 1 and 3: keep one");
  EXPECT_EQ(refused("hidden = [1.5]"),
            "'hidden' in conf.toml, line 1: a list holds integers alone, e.g. [128, 64]");
  EXPECT_NE(refused("epochs = 1979-05-27").find("neither a number"), std::string::npos);
  EXPECT_NE(refused("epochs = {a = 1}").find("unknown table [epochs]"), std::string::npos);
  EXPECT_EQ(refused("loss = \"mse\""), "(accepted)");
  EXPECT_EQ(refused("[loss]\nloss = \"mse\""), "(accepted)");
}

TEST(Config, NamesLineAndColumnOfBrokenToml) {
  const std::string message = refused("epochs = 5\nlr = = 3\n");
  EXPECT_EQ(message.find("conf.toml, line 2, column "), 0U) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_NE(refused("epochs = 1\nepochs = 2").find("line 2"), std::string::npos);
}

TEST(Config, RefusesWhatIsTooDeepOrTooLarge) {
  EXPECT_NE(refused("hidden = " + std::string(100000, '[')).find("not TOML"), std::string::npos);
  EXPECT_NE(refused(std::string((1 << 20) + 1, '#')).find("larger than"), std::string::npos);
}

TEST(Config, TakesOtherLettersInCommentsAlone) {
  const Settings epochs = {{"epochs", "3"}};
  EXPECT_EQ(parse_config("# größer wäre länger\nepochs = 3 # fünf \xFF\n", "conf.toml"), epochs);
  EXPECT_EQ(parse_config("\xEF\xBB\xBF"
                         "epochs = 3\n",
                         "conf.toml"),
            epochs);
  const std::string message =
      "conf.toml, line 2: keys and values are plain ASCII: take out the other characters, or put "
      "them into a comment";
  EXPECT_EQ(refused("epochs = 3\nlr\xC9\x8B = 1"), message);
  EXPECT_EQ(refused("epochs = 3\nlr = \xC2\xA0 1"), message);
}

TEST(Config, NamesAMissingFile) {
  try {
    read_config("/nowhere/conf.toml");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_STREQ(error.what(),
                 "cannot read the config /nowhere/conf.toml: No such file or directory");
  }
}

TEST(Config, ReadsAFile) {
  const std::string path = testing::TempDir() + "read.toml";
  std::ofstream(path) << "epochs = 3\n";
  EXPECT_EQ(read_config(path), (Settings{{"epochs", "3"}}));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace hourglass
