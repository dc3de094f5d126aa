#include "hourglass/compare.h"

#include <cmath>
#include <gtest/gtest.h>

#include "api/synthetic.h"
#include "hourglass/error.h"

namespace hourglass {
namespace {

const Settings kQuick = {{"epochs", "20"}, {"hidden", "16"}};

CompareOptions two_sizes() {
  CompareOptions options;
  options.latent_dims = {2, 3};
  return options;
}

// Whether the second feature's sine is positive: a class that a curve in the data decides.
std::vector<std::string> curve_labels(Index rows) {
  const std::vector<float> values = curved_rows(rows, 1);
  std::vector<std::string> labels;
  for (Index r = 0; r < rows; ++r) {
    labels.emplace_back(values[static_cast<std::size_t>(r * 6 + 3)] > 10 ? "up" : "down");
  }
  return labels;
}

// Every figure but the time it took.
std::vector<double> figures_of(const Comparison& comparison) {
  std::vector<double> figures;
  for (const Contender& contender : comparison.contenders) {
    for (const ComparisonColumn& column : comparison_columns()) {
      if (column.key != "seconds") figures.push_back((contender.*column.figure).mean);
    }
  }
  return figures;
}

const Contender& find(const Comparison& comparison, const std::string& family,
                      std::int64_t latent_dim) {
  for (const Contender& contender : comparison.contenders) {
    if (contender.family == family && contender.latent_dim == latent_dim) return contender;
  }
  throw std::logic_error("no such contender");
}

TEST(Compare, ShowsEveryFamilyBesidePca) {
  CompareOptions options = two_sizes();
  options.labels = curve_labels(600);
  const Comparison comparison =
      compare(curved_data(600), {{"epochs", "150"}, {"hidden", "24"}}, options);
  // All but convolutional, which wants images or series, and PCA.
  EXPECT_EQ(comparison.contenders.size(), 2 * family_table().size());
  EXPECT_EQ(comparison.test_rows, 120);
  EXPECT_EQ(comparison.validation_rows, 48);
  EXPECT_EQ(comparison.training_rows, 432);

  // Independently: PCA keeps an orthonormal projection, and three components beat two.
  const Contender& two = find(comparison, "pca", 2);
  const Contender& three = find(comparison, "pca", 3);
  EXPECT_NEAR(two.jacobian_norm.mean, std::sqrt(2), 1e-4);
  EXPECT_LT(three.test_error.mean, two.test_error.mean);
  // The features were standardised, so their variance is about 1 each.
  EXPECT_NEAR(two.relative_error.mean, two.test_error.mean, 0.15 * two.test_error.mean);
  EXPECT_LE(two.effective_rank.mean, 2 + 1e-6);
  // Noise of variance 0.09 on 6 features, of which a projection to 2 keeps a third.
  EXPECT_NEAR(two.noise_error.mean - two.test_error.mean, 0.09 / 3, 0.01);

  // The linear family learns PCA's subspace; the deep one follows the curve.
  EXPECT_NEAR(find(comparison, "linear", 2).test_error.mean, two.test_error.mean,
              0.1 * two.test_error.mean);
  EXPECT_LT(find(comparison, "deep", 3).test_error.mean, three.test_error.mean);
  EXPECT_GT(find(comparison, "deep", 3).neighbour_accuracy.mean, 0.8);
  EXPECT_GT(find(comparison, "deep", 3).probe_accuracy.mean, 0.5);
}

TEST(Compare, IsTheSameForAnyNumberOfThreads) {
  CompareOptions options = two_sizes();
  options.labels = curve_labels(300);
  EXPECT_EQ(figures_of(compare(curved_data(300), kQuick, options, {.threads = 1})),
            figures_of(compare(curved_data(300), kQuick, options, {.threads = 3})));
}

TEST(Compare, SweepsAndSeeds) {
  CompareOptions options;
  options.families = {"deep"};
  options.latent_dims = {2};
  options.sweeps = {{"weight_decay", {"0", "100"}}};
  options.seeds = 2;
  options.pca = false;
  const Comparison comparison =
      compare(curved_data(300), {{"epochs", "100"}, {"hidden", "16"}}, options);
  ASSERT_EQ(comparison.contenders.size(), 2U);
  const Contender& free = comparison.contenders[0];
  const Contender& held = comparison.contenders[1];
  EXPECT_EQ(held.settings, (Settings{{"weight_decay", "100"}}));
  EXPECT_GT(free.test_error.deviation, 0);
  EXPECT_TRUE(std::isnan(free.probe_accuracy.mean));
  // Held at zero, the weights let nothing through.
  EXPECT_LT(free.relative_error.mean, 0.7);
  EXPECT_GT(held.relative_error.mean, 0.9);
  EXPECT_EQ(comparison.best(comparison_columns()[0]), std::vector<std::size_t>{0});
}

TEST(Compare, TestRowsDoNotDependOnWhatIsValidated) {
  CompareOptions options;
  options.families = {"linear"};
  options.latent_dims = {2};
  const Comparison some = compare(curved_data(300), {{"epochs", "2"}}, options);
  const Comparison none =
      compare(curved_data(300), {{"epochs", "2"}, {"validation", "0"}}, options);
  EXPECT_EQ(none.validation_rows, 0);
  EXPECT_EQ(some.test_rows, none.test_rows);
}

ErrorKind refusal(const CompareOptions& options, const Settings& settings = kQuick) {
  try {
    compare(curved_data(100), settings, options);
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::kInterrupted;  // not refused
}

TEST(Compare, RefusesWhatMakesNoSense) {
  CompareOptions options;
  options.latent_dims = {7};
  EXPECT_EQ(refusal(options), ErrorKind::kUsage);  // six features have no seven components
  options = two_sizes();
  options.families = {"depe"};
  EXPECT_EQ(refusal(options), ErrorKind::kUsage);
  options = two_sizes();
  options.test_share = 1;
  EXPECT_EQ(refusal(options), ErrorKind::kUsage);
  options = two_sizes();
  options.labels.assign(100, "one");
  EXPECT_EQ(refusal(options), ErrorKind::kData);
  options.labels.assign(99, "one");
  EXPECT_EQ(refusal(options), ErrorKind::kData);
}

TEST(ExpandValues, SplitsAndKeepsWhatBelongsToAll) {
  using List = std::vector<std::string>;
  EXPECT_EQ(expand_values("0,1e-4,1e-3"), (List{"0", "1e-4", "1e-3"}));
  EXPECT_EQ(expand_values("mse,mae"), (List{"mse", "mae"}));
  EXPECT_EQ(expand_values("128,64;256,64"), (List{"128,64", "256,64"}));
  EXPECT_EQ(expand_values("l1=1e-5"), (List{"l1=1e-5"}));
  EXPECT_EQ(expand_values("l1=1e-5,1e-4"), (List{"l1=1e-5", "l1=1e-4"}));
  EXPECT_EQ(expand_values("kl=1,2:hidden"), (List{"kl=1:hidden", "kl=2:hidden"}));
  EXPECT_EQ(expand_values("l1=1e-5,kl=1"), (List{"l1=1e-5", "kl=1"}));
  EXPECT_EQ(expand_values("gaussian:0.1,0.3"), (List{"gaussian:0.1", "gaussian:0.3"}));
}

}  // namespace
}  // namespace hourglass
