#include "task/contenders.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "model/family.h"

namespace hourglass {
namespace {

CompareOptions options_with(std::vector<std::string> families, std::vector<std::int64_t> dims,
                            std::vector<Sweep> sweeps) {
  CompareOptions options;
  options.families = std::move(families);
  options.latent_dims = std::move(dims);
  options.sweeps = std::move(sweeps);
  return options;
}

std::vector<ContenderPlan> plans_of(const Settings& settings, const CompareOptions& options) {
  std::vector<std::string> notes;
  return plan_contenders(settings, options, notes);
}

TEST(Contenders, AreEveryCombination) {
  const auto plans =
      plans_of({{"epochs", "7"}},
               options_with({"deep", "linear"}, {2, 4},
                            {{"weight_decay", {"0", "0.1"}}, {"lr", {"0.01", "0.02", "0.03"}}}));
  ASSERT_EQ(plans.size(), 24U);
  EXPECT_EQ(plans[0].family, "deep");
  EXPECT_EQ(plans[5].spec.step.weight_decay, 0.1);
  EXPECT_EQ(plans[5].spec.learning_rate, 0.03);
  EXPECT_EQ(plans[6].spec.latent_dim, 4);
  EXPECT_EQ(plans[23].family, "linear");
  EXPECT_EQ(plans[23].swept, (Settings{{"weight_decay", "0.1"}, {"lr", "0.03"}}));
  EXPECT_EQ(plans[23].spec.epochs, 7);
}

TEST(Contenders, ShareOneScalingAndKeepWhatTheirFamilyIs) {
  for (const ContenderPlan& plan :
       plans_of({{"hidden", "30"}}, options_with({"deep", "undercomplete", "linear"}, {}, {}))) {
    EXPECT_EQ(plan.spec.scaling, Scaling::kAuto) << plan.family;
    EXPECT_EQ(plan.spec.hidden.size(), plan.family == "deep" ? 1U : 0U) << plan.family;
  }
  for (const ContenderPlan& plan : plans_of({{"scaling", "robust"}}, {})) {
    EXPECT_EQ(plan.spec.scaling, Scaling::kRobust);
  }
}

TEST(Contenders, LeaveOutFamiliesThatDecideWhatIsSwept) {
  std::vector<std::string> notes;
  const auto plans = plan_contenders(
      {}, options_with({"deep", "linear", "contractive"}, {}, {{"hidden", {"16", "32"}}}), notes);
  ASSERT_EQ(plans.size(), 4U);
  EXPECT_EQ(plans[1].spec.hidden, std::vector<Index>{32});
  EXPECT_EQ(plans[2].family, "contractive");
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("left out linear: the family decides hidden"), std::string::npos);
  EXPECT_THROW(plans_of({}, options_with({"linear"}, {}, {{"hidden", {"16"}}})), Error);
}

TEST(Contenders, FamiliesWithoutHiddenLayersDecideThat) {
  for (const Family& family : families()) {
    ModelSpec spec;
    family.fill(spec);
    EXPECT_EQ(family.decides == "hidden", spec.hidden_given) << family.name;
  }
}

TEST(Contenders, RefuseWhatMakesNoSense) {
  EXPECT_THROW(plans_of({}, options_with({"depe"}, {}, {})), Error);
  EXPECT_THROW(plans_of({}, options_with({}, {}, {{"weight_deacy", {"0"}}})), Error);
  EXPECT_THROW(plans_of({}, options_with({}, {}, {{"weight_decay", {"-1"}}})), Error);
  EXPECT_THROW(plans_of({}, options_with({}, {}, {{"dropout", {"0"}}, {"dropout", {"0.5"}}})),
               Error);
  for (const char* key : {"family", "latent_dim", "seed", "scaling", "validation", "missing"}) {
    EXPECT_THROW(plans_of({}, options_with({}, {}, {{key, {"1"}}})), Error) << key;
  }
}

TEST(Contenders, ThatDoNotFitAreLeftOut) {
  DataShape shape;
  shape.rows = 100;
  shape.features = 10;
  std::vector<std::string> notes;
  const CompareOptions all =
      options_with({"deep", "undercomplete", "linear"}, {}, {{"dropout", {"0", "0.5"}}});
  const auto plans = fit_to_data(plans_of({}, all), shape, Scaling::kStandard, notes);
  // Dropout needs hidden layers: undercomplete and linear have none.
  EXPECT_EQ(plans.size(), 4U);
  EXPECT_EQ(notes.size(), 2U);
  EXPECT_EQ(plans[0].latent_dim, 3);  // chosen for ten features
}

TEST(Contenders, ThatDoNotFitAreAnErrorIfAskedForOrIfNoneIsLeft) {
  DataShape shape;
  shape.rows = 100;
  shape.features = 10;
  std::vector<std::string> notes;
  const auto fit = [&](const CompareOptions& options, const Settings& settings = {}) {
    return fit_to_data(plans_of(settings, options), shape, Scaling::kStandard, notes);
  };
  EXPECT_THROW(fit(options_with({"linear"}, {}, {{"dropout", {"0.3", "0.5"}}})), Error);
  EXPECT_THROW(fit(options_with({"deep", "linear"}, {}, {}), {{"dropout", "0.5"}}), Error);
  EXPECT_TRUE(notes.empty());
  // Of what is swept, the combinations that go together are left even of named families.
  const auto plans = fit(options_with(
      {"deep"}, {}, {{"penalty", {"none", "contractive"}}, {"dropout", {"0", "0.5"}}}));
  EXPECT_EQ(plans.size(), 3U);
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_NE(notes[0].find("deep with penalty = contractive with dropout = 0.5"), std::string::npos);
}

}  // namespace
}  // namespace hourglass
