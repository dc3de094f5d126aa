#include "model/ensemble.h"

#include <gtest/gtest.h>
#include <set>

#include "base/error.h"
#include "model/settings.h"

namespace hourglass {
namespace {

ModelSpec resolved(const Settings& settings, const std::vector<Index>& sample_shape = {30}) {
  ModelSpec spec = spec_from_settings(settings);
  const Index features = sample_shape[0] * (sample_shape.size() > 1 ? sample_shape[1] : 1);
  resolve(spec,
          {.rows = 1000,
           .features = features,
           .image = sample_shape.size() > 1,
           .sample_shape = sample_shape},
          nullptr);
  return spec;
}

std::string refused(const Settings& settings, const std::vector<Index>& sample_shape = {30}) {
  try {
    resolved(settings, sample_shape);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(accepted)";
}

TEST(MemberSeed, IsTheSpecsForTheFirstAndOthersForTheRest) {
  std::set<std::uint64_t> seeds;
  for (const std::uint64_t seed : {0, 1, 7}) {
    EXPECT_EQ(member_seed(seed, 0), seed);
    for (Index member = 0; member < kMostMembers; ++member) {
      const std::uint64_t derived = member_seed(seed, member);
      EXPECT_TRUE(seeds.insert(derived).second) << seed << ", " << member;
      EXPECT_LT(derived, std::uint64_t{1} << 63);  // a setting can hold no more
      EXPECT_EQ(derived, member_seed(seed, member));
    }
  }
}

TEST(MemberSpec, OfAnEnsembleOfOneIsTheSpec) {
  const ModelSpec spec = resolved({{"hidden", "20,10"}, {"latent_dim", "4"}, {"seed", "5"}});
  EXPECT_EQ(settings_from_spec(member_spec(spec, 0)), settings_from_spec(spec));
}

TEST(MemberSpec, TakesTheActivationsInTurn) {
  for (const char* code : {"relu", "identity"}) {
    const ModelSpec spec = resolved({{"ensemble", "3"},
                                     {"activation", "relu"},
                                     {"code_activation", code},
                                     {"ensemble_activations", "relu,tanh"}});
    for (const Index member : {0, 1, 2}) {
      const ModelSpec alone = member_spec(spec, member);
      const Activation expected = member == 1 ? Activation::kTanh : Activation::kRelu;
      EXPECT_EQ(alone.activation, expected);
      EXPECT_EQ(alone.code_activation,
                code == std::string("relu") ? expected : Activation::kIdentity);
      EXPECT_TRUE(alone.ensemble_activations.empty());
    }
  }
}

TEST(MemberSpec, TakesTheFactorsInTurn) {
  const ModelSpec spec = resolved({{"hidden", "20,10"},
                                   {"latent_dim", "4"},
                                   {"ensemble", "5"},
                                   {"ensemble_widths", "1,0.5,2,0.01"}});
  const auto widths = [&](Index member) {
    const ModelSpec alone = member_spec(spec, member);
    EXPECT_EQ(alone.ensemble, 1);
    std::vector<Index> found = alone.hidden;
    found.push_back(alone.latent_dim);
    return found;
  };
  EXPECT_EQ(widths(0), (std::vector<Index>{20, 10, 4}));
  EXPECT_EQ(widths(1), (std::vector<Index>{10, 5, 2}));
  EXPECT_EQ(widths(2), (std::vector<Index>{40, 20, 8}));
  EXPECT_EQ(widths(3), (std::vector<Index>{1, 1, 1}));
  EXPECT_EQ(widths(4), widths(0));
  EXPECT_NE(member_spec(spec, 4).seed, spec.seed);
}

TEST(Members, ThatCouldNotBeAreRefusedByTheirFactor) {
  const auto with_hidden = [](const char* hidden, const char* factors) {
    return refused(
        {{"hidden", hidden}, {"latent_dim", "4"}, {"ensemble", "2"}, {"ensemble_widths", factors}});
  };
  EXPECT_EQ(with_hidden("100000", "1"), "(accepted)");
  EXPECT_EQ(with_hidden("100000", "1,10"), "(accepted)");
  EXPECT_NE(with_hidden("100000", "1,12").find("ensemble_widths = 12: hidden = 1200000"),
            std::string::npos);
  EXPECT_NE(with_hidden("10000,10000", "1,16").find("ensemble_widths = 16: encoder layer 2"),
            std::string::npos);
  const Settings sparse = {{"hidden", "20"},
                           {"latent_dim", "16"},
                           {"penalty", "top-k=5"},
                           {"ensemble", "2"},
                           {"ensemble_widths", "1,0.25"}};
  EXPECT_NE(refused(sparse).find("ensemble_widths = 0.25: penalty top-k keeps 5 of 4"),
            std::string::npos)
      << refused(sparse);
}

TEST(Members, OfAMapForACodeKeepTheirWidths) {
  Settings settings = {{"family", "convolutional"}, {"bottleneck", "false"}, {"ensemble", "2"}};
  EXPECT_EQ(refused(settings, {16, 16}), "(accepted)");
  settings.emplace_back("ensemble_widths", "1,0.5");
  EXPECT_NE(refused(settings, {16, 16}).find("bottleneck"), std::string::npos);
}

std::string printed_after(const std::string& text) {
  try {
    const ModelSpec spec = spec_from_settings({{"ensemble_widths", text}});
    for (const auto& [key, value] : settings_from_spec(spec)) {
      if (key == "ensemble_widths") return value;
    }
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage ? error.what() : "(wrong kind)";
  }
  return "(lost)";
}

TEST(EnsembleWidths, AreNumbersPartedByCommas) {
  EXPECT_EQ(printed_after("1"), "1");
  EXPECT_EQ(printed_after("1, 0.5,16 "), "1,0.5,16");
  for (const char* text : {"0", "1,-1", "16.1", "1,nan", "1e999"}) {
    EXPECT_NE(printed_after(text).find("give numbers parted by commas"), std::string::npos) << text;
  }
  for (const char* text : {"", "1,,2", "none", "x", "1;2"}) {
    EXPECT_NE(printed_after(text).find("is not a number"), std::string::npos) << text;
  }
  std::string many = "1";
  for (int i = 0; i < 64; ++i) many += ",1";
  EXPECT_EQ(printed_after(many), "ensemble_widths = (65 numbers) is too long: give at most 64");
}

TEST(EnsembleWidths, ComeFromAConfigAsAList) {
  const Settings settings =
      parse_config("[training]\nensemble = 3\nensemble_widths = [1, 0.5]\n", "c.toml");
  const ModelSpec spec = spec_from_settings(settings);
  EXPECT_EQ(spec.ensemble, 3);
  EXPECT_EQ(spec.ensemble_widths, (std::vector<double>{1, 0.5}));
  EXPECT_NE(write_config(settings).find("ensemble_widths = [1, 0.5]\n"), std::string::npos);
  EXPECT_EQ(parse_config(write_config(settings), "again.toml"), settings);
  EXPECT_THROW(parse_config("ensemble_widths = ['1']", "c.toml"), Error);
}

}  // namespace
}  // namespace hourglass
