#include "kernel/winograd.h"

#include <cmath>

#include "kernel/dense.h"
#include "maps.h"

namespace hourglass {
namespace {

class WinogradTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(WinogradTest);

constexpr Index kSamples = 3;
constexpr const char* kInDouble = "reference";  // which implementation double precision runs on

/// Maps that tiles fill and such that they stick out of, smaller than a tile, of one and several
/// panels, and with so many tiles that they are worked out in pieces.
struct Case {
  MapShape map;
  Index outputs;
};
std::vector<Case> cases() {
  return {
      {{4, 4, 16}, 16}, {{3, 2, 16}, 32}, {{8, 12, 32}, 16}, {{7, 9, 16}, 48}, {{45, 50, 48}, 32}};
}

/// Windows as Winograd's: 3 × 3, at every position.
PatchGeometry windows_over(const MapShape& map) { return {map, {3, 3, 1, 1}}; }

/// The plain sum in double precision, and the sum of its terms' sizes.
struct Sum {
  double value = 0, size = 0;
  void add(double a, double b) {
    value += a * b;
    size += std::abs(a * b);
  }
};
template <class T>
Sum plain(FeatureMap<const T> input, Panels<const T> weights, Index sample, Index y, Index x,
          Index output) {
  Sum sum;
  visit_patch(windows_over(input.shape), y, x, [&](Index row, Index at_y, Index at_x, Index c) {
    sum.add(double(element(input, sample, at_y, at_x, c)), double(weights.at(row, output)));
  });
  return sum;
}

/// Of float: some units of its last place for each number that is summed, sums of squares growing
/// as they do.
template <class T>
double bound(double size) {
  return (std::is_same_v<T, float> ? 2e-6 : 1e-14) * (size + 1);
}

template <class T>
WinogradWeights<T> transformed(Panels<const T> weights, Index inputs) {
  WinogradWeights<T> result(inputs, weights.cols);
  for (Index panel = 0; panel < weights.panels(); ++panel) result.renew(weights, panel);
  return result;
}

template <class T>
void expect_convolutions(bool flat) {
  RandomStream random(7, RandomPurpose::kSample);
  for (const Case& c : cases()) {
    const MapShape made{c.map.height, c.map.width, c.outputs};
    const PanelMatrix<T> input = random_maps<T>(c.map, flat, kSamples, random);
    const PanelMatrix<T> weights = random_panels<T>(9 * c.map.channels, c.outputs, random);
    const std::vector<T> bias_row = random_row<T>(c.outputs, random);
    Buffer<T> bias(c.outputs);
    std::copy(bias_row.begin(), bias_row.end(), bias.begin());
    const WinogradWeights<T> through = transformed<T>(weights.view(), c.map.channels);
    Buffer<T> scratch(winograd_scratch(c.map.channels, c.outputs));
    const PanelMatrix<T> before = random_maps<T>(made, flat, kSamples, random);
    for (const bool accumulate : {false, true}) {
      PanelMatrix<T> output(before.rows(), before.cols());
      std::copy_n(before.view().data, before.rows() * before.cols(), output.view().data);
      const FeatureMap<const T> from{input.view(), c.map};
      const FeatureMap<T> to{output.view(), made};
      const bool relu = !accumulate;
      // The samples but the first, which is to stay as it is.
      winograd_convolve<T>(
          {from, through, to, accumulate, accumulate ? nullptr : bias.data(), relu}, {1, kSamples},
          scratch.data());
      visit_elements(made, kSamples, [&](Index sample, Index y, Index x, Index o) {
        if (testing::Test::HasFatalFailure()) return;
        const double there = element(FeatureMap<const T>{before.view(), made}, sample, y, x, o);
        const double got = element(to, sample, y, x, o);
        if (sample == 0) {
          ASSERT_EQ(got, there);
          return;
        }
        const Sum sum = plain<T>(from, weights.view(), sample, y, x, o);
        double wanted = sum.value + (accumulate ? there : double(bias[o]));
        if (relu) wanted = std::max(wanted, 0.0);
        ASSERT_NEAR(got, wanted, bound<T>(sum.size)) << y << ' ' << x << ' ' << o;
      });
    }
  }
}

TEST_P(WinogradTest, ConvolvesAsThePlainSum) {
  for (const bool flat : {false, true}) {
    expect_convolutions<float>(flat);
    if (GetParam() == kInDouble) expect_convolutions<double>(flat);
  }
}

/// ⟨conv(x), z⟩ = ⟨x, convᵀ(z)⟩ = ⟨W, gradient⟩ for any x and z, which holds both ways back at
/// once.
template <class T>
double inner(FeatureMap<const T> a, FeatureMap<const T> b) {
  double sum = 0;
  visit_elements(a.shape, kSamples, [&](Index sample, Index y, Index x, Index c) {
    sum += double(element(a, sample, y, x, c)) * double(element(b, sample, y, x, c));
  });
  return sum;
}

template <class T>
void expect_transposes(double precision) {
  RandomStream random(8, RandomPurpose::kSample);
  for (const Case& c : cases()) {
    const MapShape made{c.map.height, c.map.width, c.outputs};
    const auto input = random_maps<T>(c.map, false, kSamples, random);
    const auto gradient = random_maps<T>(made, true, kSamples, random);
    const auto weights = random_panels<T>(9 * c.map.channels, c.outputs, random);
    PanelMatrix<T> transposed(c.outputs, 9 * c.map.channels);
    transpose_panels<T>(weights.view(), transposed.view(), {0, weights.view().panels()});
    WinogradWeights<T> turned(c.outputs, c.map.channels);
    for (Index panel = 0; panel < panel_count(c.map.channels); ++panel) {
      turned.renew_turned(std::as_const(transposed).view(), panel);
    }
    auto output = garbage<T>(kSamples * made.positions(), made.channels);
    auto back = garbage<T>(kSamples * c.map.positions(), c.map.channels);
    auto of_weights = garbage<T>(9 * c.map.channels, c.outputs);
    Buffer<T> scratch(winograd_gradient_scratch(c.map.channels, c.outputs));
    const FeatureMap<const T> x{std::as_const(input).view(), c.map};
    const FeatureMap<const T> z{std::as_const(gradient).view(), made};
    const WinogradWeights<T> ahead = transformed<T>(weights.view(), c.map.channels);
    winograd_convolve<T>({x, ahead, {output.view(), made}}, {0, kSamples}, scratch.data());
    winograd_convolve<T>({z, turned, {back.view(), c.map}}, {0, kSamples}, scratch.data());
    winograd_weight_gradient<T>({x, z, of_weights.view()}, {0, kSamples}, scratch.data());
    const double wanted = inner<T>({output.view(), made}, z);
    const double bound = precision * double(kSamples * c.map.size()) * double(c.outputs);
    EXPECT_NEAR(inner<T>(x, {back.view(), c.map}), wanted, bound);
    double by_weights = 0;
    for (Index r = 0; r < weights.rows(); ++r) {
      for (Index o = 0; o < c.outputs; ++o) {
        by_weights += double(weights.view().at(r, o)) * double(of_weights.view().at(r, o));
      }
    }
    EXPECT_NEAR(by_weights, wanted, bound);
  }
}

TEST_P(WinogradTest, GoesBackByTheTranspose) {
  expect_transposes<float>(1e-6);
  if (GetParam() == kInDouble) expect_transposes<double>(1e-12);
}

/// Each element, since sums like the above would not tell all of them apart.
TEST_P(WinogradTest, GradientOfWeightsIsThatOfThePlainSum) {
  RandomStream random(9, RandomPurpose::kSample);
  for (const Case& c : cases()) {
    const MapShape made{c.map.height, c.map.width, c.outputs};
    const auto input = random_maps<float>(c.map, true, kSamples, random);
    const auto gradient = random_maps<float>(made, false, kSamples, random);
    auto of_weights = garbage<float>(9 * c.map.channels, c.outputs);
    Buffer<float> scratch(winograd_gradient_scratch(c.map.channels, c.outputs));
    const FeatureMap<const float> x{input.view(), c.map}, z{gradient.view(), made};
    winograd_weight_gradient<float>({x, z, of_weights.view()}, {0, kSamples}, scratch.data());
    std::vector<Sum> sums(std::size_t(9 * c.map.channels));
    for (const Index o : {Index{0}, c.outputs - 1}) {
      std::fill(sums.begin(), sums.end(), Sum());
      visit_elements({made.height, made.width, 1}, kSamples,
                     [&](Index sample, Index y, Index at, Index) {
                       visit_patch(windows_over(c.map), y, at,
                                   [&](Index row, Index at_y, Index at_x, Index i) {
                                     sums[std::size_t(row)].add(element(x, sample, at_y, at_x, i),
                                                                element(z, sample, y, at, o));
                                   });
                     });
      for (Index row = 0; row < of_weights.rows(); ++row) {
        ASSERT_NEAR(of_weights.view().at(row, o), sums[std::size_t(row)].value,
                    bound<float>(sums[std::size_t(row)].size));
      }
    }
  }
}

TEST_P(WinogradTest, PiecesDecideNothing) {
  RandomStream random(10, RandomPurpose::kSample);
  const MapShape map{45, 50, 48};
  const auto input = random_maps<float>(map, false, kSamples, random);
  const auto weights = random_panels<float>(9 * map.channels, 48, random);
  const WinogradWeights<float> through = transformed<float>(weights.view(), map.channels);
  Buffer<float> scratch(winograd_scratch(map.channels, 48));
  auto together = garbage<float>(kSamples * map.positions(), 48);
  auto one_by_one = garbage<float>(kSamples * map.positions(), 48);
  const FeatureMap<const float> from{input.view(), map};
  winograd_convolve<float>({from, through, {together.view(), map}}, {0, kSamples}, scratch.data());
  for (Index sample = 0; sample < kSamples; ++sample) {
    winograd_convolve<float>({from, through, {one_by_one.view(), map}}, {sample, sample + 1},
                             scratch.data());
  }
  EXPECT_TRUE(equal_bits(together, one_by_one));
}

TEST(Winograd, ServesWhereItGains) {
  EXPECT_TRUE(winograd_serves({4, 4, 16}, 32));
  EXPECT_TRUE(winograd_serves({7, 7, 32}, 32));
  EXPECT_FALSE(winograd_serves({5, 5, 32}, 32));  // more than half of the tiles lies outside
  EXPECT_FALSE(winograd_serves({1, 64, 16}, 16));
  EXPECT_FALSE(winograd_serves({8, 8, 24}, 32));
  EXPECT_FALSE(winograd_serves({8, 8, 32}, 3));
  EXPECT_FALSE(winograd_serves({64, 64, 1024}, 1024));  // the weights would be 300 MB
}

}  // namespace
}  // namespace hourglass
