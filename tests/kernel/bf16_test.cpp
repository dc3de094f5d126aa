#include "kernel/bf16.h"

#include <bit>
#include <cmath>
#include <limits>

#include "kernel/testing.h"

namespace hourglass {
namespace {

/// Rounded to nearest, ties to even, by the bits.
float rounded(float x) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(x);
  bits += 0x7fff + (bits >> 16 & 1);
  return std::bit_cast<float>(bits & 0xffff0000u);
}
float widened(std::uint32_t half) { return std::bit_cast<float>(half << 16); }

struct Shape {
  Index batch, in, out;
};

std::vector<Shape> shapes() {
  std::vector<Shape> list = {{1, 1, 1},    {2, 16, 16},  {12, 30, 64}, {13, 17, 33},
                             {32, 30, 64}, {32, 64, 8},  {3, 385, 47}, {27, 1290, 20},
                             {5, 20, 784}, {41, 513, 50}};
  RandomStream random(1, RandomPurpose::kSample);
  for (int i = 0; i < 20; ++i) {
    list.push_back({1 + random.below(40), 1 + random.below(100), 1 + random.below(100)});
  }
  return list;
}

/// Both forms of a matrix.
struct Rounded {
  explicit Rounded(Panels<const float> matrix)
      : rows(matrix.rows, matrix.cols), pairs(pair_count(matrix.rows), matrix.cols) {
    to_bf16(matrix, rows.view(), pairs.view(), {0, matrix.rows});
  }
  PanelMatrix<Bf16> rows;
  PanelMatrix<Bf16Pair> pairs;
};

/// The sum, in double, of the products of rounded numbers, and how far floats may be from it.
struct Sum {
  double value = 0, size = 0;
  void add(float a, float b) {
    value += double(rounded(a)) * double(rounded(b));
    size += std::abs(double(a) * double(b));
  }
  double bound(Index terms) const {
    return 2 * double(terms + 8) * std::numeric_limits<float>::epsilon() * (size + 1e-3);
  }
};

class Bf16Test : public testing::Test {
  void SetUp() override {
    if (!bf16_misfit().empty()) GTEST_SKIP() << bf16_misfit();
  }
};

TEST_F(Bf16Test, RoundsToNearestIntoBothForms) {
  RandomStream random(2, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    auto x = random_panels<float>(s.batch, s.in, random);
    if (s.in > 2) x.view().at(0, 2) = 1.00390625f;  // halfway between two: the even one
    const Rounded form(x.view());
    for (Index r = 0; r < s.batch; ++r) {
      for (Index c = 0; c < s.in; ++c) {
        const float wanted = rounded(x.view().at(r, c));
        ASSERT_EQ(widened(form.rows.view().at(r, c)), wanted);
        const Bf16Pair pair = form.pairs.view().at(r / 2, c);
        ASSERT_EQ(widened(r % 2 == 0 ? pair & 0xffff : pair >> 16), wanted);
      }
    }
    if (s.batch % 2 == 1) {
      ASSERT_EQ(form.pairs.view().at(s.batch / 2, 0) >> 16, 0u);
    }
  }
}

TEST_F(Bf16Test, ProductsAreThoseOfRoundedNumbersHoweverRowsAreCut) {
  RandomStream random(3, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto w = random_panels<float>(s.in, s.out, random);
    const auto bias = random_row<float>(s.out, random);
    const Rounded a(x.view()), b(w.view());
    auto whole = garbage<float>(s.batch, s.out);
    auto cut = garbage<float>(s.batch, s.out);
    Bf16Product product{a.rows.view(), b.pairs.view(), bias.data(), false, whole.view()};
    bf16_product(product, {0, s.batch});
    product.c = cut.view();
    bf16_product(product, {0, s.batch / 3});
    bf16_product(product, {s.batch / 3, s.batch});
    ASSERT_TRUE(padding_is_zero(whole.view()));
    for (Index r = 0; r < s.batch; ++r) {
      for (Index c = 0; c < s.out; ++c) {
        Sum sum;
        for (Index k = 0; k < s.in; ++k) sum.add(x.view().at(r, k), w.view().at(k, c));
        ASSERT_NEAR(whole.view().at(r, c), sum.value + double(bias[std::size_t(c)]),
                    sum.bound(s.in));
        ASSERT_EQ(whole.view().at(r, c), cut.view().at(r, c));
      }
    }
    product.accumulate = true;
    bf16_product(product, {0, s.batch});
    ASSERT_NEAR(cut.view().at(0, 0), 2 * whole.view().at(0, 0) - bias[0],
                1e-3 * (1 + std::abs(whole.view().at(0, 0))));
  }
}

TEST_F(Bf16Test, WeightGradientsAreSumsOverTheBatch) {
  RandomStream random(4, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto dz = random_panels<float>(s.batch, s.out, random);
    const Rounded input(x.view()), gradient(dz.view());
    PanelMatrix<float> dw(s.in, s.out);
    Buffer<float> db(padded_cols(s.out));
    Bf16BackwardWeights work;
    work.input = input.pairs.view();
    work.output_gradient = gradient.pairs.view();
    work.exact_gradient = dz.view();
    work.weight_gradient = dw.view();
    work.bias_gradient = db.data();
    bf16_backward_weights(work, {0, s.in}, {0, panel_count(s.out)});
    for (Index c = 0; c < s.out; ++c) {
      double bias = 0;
      for (Index r = 0; r < s.batch; ++r) bias += double(dz.view().at(r, c));
      ASSERT_NEAR(db[c], bias, 1e-4);
      for (Index i = 0; i < s.in; ++i) {
        Sum sum;
        for (Index r = 0; r < s.batch; ++r) sum.add(x.view().at(r, i), dz.view().at(r, c));
        ASSERT_NEAR(dw.view().at(i, c), sum.value, sum.bound(s.batch));
      }
    }
  }
}

TEST_F(Bf16Test, FusedUpdatesAreThoseOfTheStoredGradientRoundedAnew) {
  RandomStream random(5, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto dz = random_panels<float>(s.batch, s.out, random);
    const Rounded input(x.view()), gradient(dz.view());
    auto w = random_panels<float>(s.in, s.out, random);
    PanelMatrix<float> dw(s.in, s.out), m(s.in, s.out), v(s.in, s.out);
    Buffer<float> bias(padded_cols(s.out)), bm(padded_cols(s.out)), bv(padded_cols(s.out));
    PanelMatrix<Bf16Pair> pairs(pair_count(s.in), s.out), transposed(pair_count(s.out), s.in);
    Bf16BackwardWeights work;
    work.input = input.pairs.view();
    work.output_gradient = gradient.pairs.view();
    work.exact_gradient = dz.view();
    work.weight_gradient = dw.view();
    bf16_backward_weights(work, {0, s.in}, {0, panel_count(s.out)});

    UpdateRule<float> rule;
    rule.bias_correction1 = 0.1f;
    rule.bias_correction2 = 0.001f;
    PanelMatrix<float> expected(s.in, s.out), em(s.in, s.out), ev(s.in, s.out);
    const Index storage = s.in * padded_cols(s.out);
    std::copy_n(w.view().data, storage, expected.view().data);
    update<float>(rule, expected.view().data, dw.view().data, {em.view().data, ev.view().data},
                  storage, true);

    work.rule = &rule;
    work.weights = w.view();
    work.weight_state = {m.view().data, v.view().data};
    work.bias = bias.data();
    work.bias_state = {bm.data(), bv.data()};
    work.weight_pairs = pairs.view();
    work.transposed_pairs = transposed.view();
    for (Index i = 0; i < s.in; i += 32) {
      bf16_backward_weights(work, {i, std::min(s.in, i + 32)}, {0, panel_count(s.out)});
    }
    ASSERT_NE(bias[0], 0);
    for (Index i = 0; i < s.in; ++i) {
      for (Index c = 0; c < s.out; ++c) {
        const float moved = w.view().at(i, c);
        ASSERT_EQ(moved, expected.view().at(i, c));
        const Bf16Pair forward = pairs.view().at(i / 2, c);
        const Bf16Pair back = transposed.view().at(c / 2, i);
        ASSERT_EQ(widened(i % 2 == 0 ? forward & 0xffff : forward >> 16), rounded(moved));
        ASSERT_EQ(widened(c % 2 == 0 ? back & 0xffff : back >> 16), rounded(moved));
      }
    }
  }
}

}  // namespace
}  // namespace hourglass
