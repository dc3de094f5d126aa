#include "train/variational.h"

#include <cmath>
#include <gtest/gtest.h>

#include "data/test_table.h"
#include "model/settings.h"

namespace hourglass {
namespace {

constexpr Index kRows = 50;
constexpr Index kCols = 5;

struct Setting {
  explicit Setting(const Settings& settings) : spec(spec_from_settings(settings)) {
    std::vector<double> values;
    for (Index i = 0; i < kRows * kCols; ++i) values.push_back(std::sin(0.7 * double(i)));
    table = make_table(kCols, values);
    encoding = learn_encoding(table, all_rows(table), {}, nullptr);
    resolve(spec, {.rows = kRows, .features = kCols}, nullptr);
  }
  Samples samples() const { return Samples(table, encoding, all_rows(table), 1 << 20, false); }
  Network<float> network() const { return Network<float>(network_of(spec, kCols)); }

  Table table;
  ModelSpec spec;
  Encoding encoding;
};

// With all weights zero μ = 0 and log σ² = 0: nothing diverges, and every output is 0, so that the
// bound is minus the summed squares of standardised features.
TEST(Variational, OfAnEmptyNetworkIsKnown) {
  const Setting setting({{"family", "variational"}, {"latent_dim", "2"}});
  ThreadPool pool(2);
  const Network<float> network = setting.network();
  const Samples samples = setting.samples();
  EXPECT_TRUE(draws_codes(network.spec()));
  EXPECT_NEAR(evidence_lower_bound(network, setting.spec.step, samples, 1, pool), -kCols, 1e-4);
}

// Codes far from the prior cost what their divergence says, whatever β the model was trained with;
// the decoder, still zero, makes nothing of them.
TEST(Variational, TheDivergenceLowersTheBound) {
  const Setting setting(
      {{"family", "variational"}, {"latent_dim", "2"}, {"penalty", "variational=3"}});
  ThreadPool pool(1);
  Network<float> network = setting.network();
  std::vector<NamedTensor> tensors = network.tensors();
  for (NamedTensor& tensor : tensors) {
    // The bias of the layer that gives two means and two log variances.
    if (tensor.shape == std::vector<Index>{4}) tensor.values = {2, 0, 0, std::log(4.0F)};
  }
  network.set_tensors(tensors);
  const double divergence = 4.0 / 2 + (4 - 1 - std::log(4)) / 2;
  EXPECT_NEAR(evidence_lower_bound(network, setting.spec.step, setting.samples(), 1, pool),
              -kCols - divergence, 1e-4);
}

TEST(Variational, TheBoundIsAFunctionOfTheSeedAlone) {
  const Setting setting({{"family", "variational"}, {"latent_dim", "2"}});
  Network<float> network = setting.network();
  network.initialise(5);
  const auto bound = [&](std::uint64_t seed, int threads) {
    ThreadPool pool(threads);
    return evidence_lower_bound(network, setting.spec.step, setting.samples(), seed, pool);
  };
  EXPECT_EQ(bound(1, 1), bound(1, 3));
  EXPECT_NE(bound(1, 1), bound(2, 1)) << "no codes are drawn";
}

TEST(Variational, OtherNetworksHaveNoBound) {
  const Setting setting(Settings{{"latent_dim", "2"}});
  ThreadPool pool(1);
  const Network<float> network = setting.network();
  EXPECT_TRUE(
      std::isnan(evidence_lower_bound(network, setting.spec.step, setting.samples(), 1, pool)));
}

}  // namespace
}  // namespace hourglass
