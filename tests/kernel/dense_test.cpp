#include "kernel/dense.h"

#include <cmath>
#include <limits>

#include "kernel/reference.h"
#include "kernel/testing.h"

namespace hourglass {
namespace {

class DenseTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(DenseTest);

struct Shape {
  Index batch, in, out;
};

/// Small shapes around every tile's edge, random ones, and some deep enough for blocks of k.
std::vector<Shape> shapes() {
  std::vector<Shape> list = {{1, 1, 1},   {2, 16, 16},  {12, 30, 64},  {13, 17, 33}, {32, 30, 64},
                             {32, 64, 8}, {3, 385, 47}, {27, 784, 20}, {5, 20, 784}, {40, 513, 50}};
  RandomStream random(1, RandomPurpose::kSample);
  for (int i = 0; i < 20; ++i) {
    list.push_back({1 + random.below(40), 1 + random.below(100), 1 + random.below(100)});
  }
  return list;
}

/// Bound on the rounding of a sum of `terms` products whose absolute values add up to `size`.
double bound(Index terms, double size) {
  return 2 * double(terms + 8) * std::numeric_limits<float>::epsilon() * (size + 1e-3);
}

template <class A, class B>
double sum_of_sizes(A a, B b, Index terms) {
  double sum = 0;
  for (Index k = 0; k < terms; ++k) sum += std::abs(double(a(k)) * double(b(k)));
  return sum;
}

TEST_P(DenseTest, ForwardAgreesWithDoubleSums) {
  RandomStream random(2, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto w = random_panels<float>(s.in, s.out, random);
    const auto bias = random_row<float>(s.out, random);
    for (const ActivationInfo& f : activations()) {
      for (const bool keep : {false, true}) {
        auto z = garbage<float>(s.batch, s.out);
        auto h = garbage<float>(s.batch, s.out);
        DenseForward<float> layer = {x.view(), w.view(), bias.data(), f.activation, {}, h.view()};
        if (keep) layer.pre_activation = z.view();
        dense_forward(layer, {0, s.batch});
        ASSERT_TRUE(padding_is_zero(h.view())) << f.name;
        if (keep) {
          ASSERT_TRUE(padding_is_zero(z.view()));
        }
        for (Index r = 0; r < s.batch; ++r) {
          for (Index c = 0; c < s.out; ++c) {
            const auto a = [&](Index k) { return x.view().at(r, k); };
            const auto b = [&](Index k) { return w.view().at(k, c); };
            double exact = double(bias[static_cast<std::size_t>(c)]);
            for (Index k = 0; k < s.in; ++k) exact += double(a(k)) * double(b(k));
            const double tolerance = bound(s.in, sum_of_sizes(a, b, s.in) + 1);
            // No activation here is steeper than 1.13 (GELU).
            ASSERT_NEAR(h.view().at(r, c), activate(f.activation, exact), 1.13 * tolerance)
                << f.name << " " << s.batch << "x" << s.in << "x" << s.out;
            if (keep) {
              ASSERT_NEAR(z.view().at(r, c), exact, tolerance);
            }
          }
        }
      }
    }
  }
}

TEST_P(DenseTest, BackwardDataAgreesWithReference) {
  RandomStream random(3, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto dz = random_panels<float>(s.batch, s.out, random);
    const auto wt = random_panels<float>(s.out, s.in, random);
    const auto before = random_panels<float>(s.batch, s.in, random);
    const auto z = random_panels<float>(s.batch, s.in, random, -3, 3);
    for (const ActivationInfo& f : activations()) {
      PanelMatrix<float> h(s.batch, s.in);
      reference::activation_forward<float>(f.activation, z.view(), h.view(), {0, s.batch});
      for (const bool accumulate : {false, true}) {
        PanelMatrix<float> got(s.batch, s.in), expected(s.batch, s.in);
        std::copy_n(before.view().data, s.batch * padded_cols(s.in), got.view().data);
        std::copy_n(before.view().data, s.batch * padded_cols(s.in), expected.view().data);
        DenseBackwardData<float> layer = {dz.view(), wt.view(), f.activation, {},
                                          h.view(),  {},        accumulate};
        if (!f.derivative_from_output) layer.activation_input = z.view();
        layer.input_gradient = got.view();
        dense_backward_data(layer, {0, s.batch});
        layer.input_gradient = expected.view();
        reference::dense_backward_data(layer, {0, s.batch});
        ASSERT_TRUE(padding_is_zero(got.view()));
        for (Index r = 0; r < s.batch; ++r) {
          for (Index c = 0; c < s.in; ++c) {
            const double size = sum_of_sizes([&](Index k) { return dz.view().at(r, k); },
                                             [&](Index k) { return wt.view().at(k, c); }, s.out);
            ASSERT_NEAR(got.view().at(r, c), expected.view().at(r, c),
                        1.13 * bound(s.out, size + 1))
                << f.name << " " << s.batch << "x" << s.in << "x" << s.out;
          }
        }
      }
    }
  }
}

TEST_P(DenseTest, BackwardWeightsAgreesWithDoubleSums) {
  RandomStream random(4, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto dz = random_panels<float>(s.batch, s.out, random);
    for (const bool accumulate : {false, true}) {
      auto dw = random_panels<float>(s.in, s.out, random);
      auto db = random_row<float>(s.out, random);
      PanelMatrix<float> before(s.in, s.out);
      std::copy_n(dw.view().data, s.in * padded_cols(s.out), before.view().data);
      const auto bias_before = db;
      DenseBackwardWeights<float> layer;
      layer.input = x.view();
      layer.output_gradient = dz.view();
      layer.weight_gradient = dw.view();
      layer.bias_gradient = db.data();
      layer.accumulate = accumulate;
      dense_backward_weights(layer, {0, s.in}, {0, panel_count(s.out)});
      ASSERT_TRUE(padding_is_zero(dw.view()));
      for (Index c = 0; c < s.out; ++c) {
        const auto b = [&](Index k) { return dz.view().at(k, c); };
        double sum = accumulate ? double(bias_before[static_cast<std::size_t>(c)]) : 0;
        for (Index k = 0; k < s.batch; ++k) sum += double(b(k));
        const double size = sum_of_sizes([](Index) { return 1; }, b, s.batch);
        ASSERT_NEAR(db[static_cast<std::size_t>(c)], sum, bound(s.batch, size + 1));
        for (Index i = 0; i < s.in; ++i) {
          const auto a = [&](Index k) { return x.view().at(k, i); };
          double exact = accumulate ? double(before.view().at(i, c)) : 0;
          for (Index k = 0; k < s.batch; ++k) exact += double(a(k)) * double(b(k));
          ASSERT_NEAR(dw.view().at(i, c), exact, bound(s.batch, sum_of_sizes(a, b, s.batch) + 1));
        }
      }
    }
  }
}

/// The parameters and moments of one layer, for the optimiser fused into the product.
struct Trained {
  PanelMatrix<float> weights, transposed, first, second;
  std::vector<float> bias, bias_first, bias_second;

  Trained(const Shape& s, std::uint64_t seed) : first(s.in, s.out), second(s.in, s.out) {
    RandomStream random(seed, RandomPurpose::kSample);
    weights = random_panels<float>(s.in, s.out, random);
    transposed = PanelMatrix<float>(s.out, s.in);
    transpose_panels<float>(weights.view(), transposed.view(), {0, panel_count(s.out)});
    bias = random_row<float>(s.out, random);
    bias_first.resize(bias.size());
    bias_second.resize(bias.size());
  }
  DenseBackwardWeights<float> layer(Panels<const float> x, Panels<const float> dz,
                                    const UpdateRule<float>& rule) {
    DenseBackwardWeights<float> layer;
    layer.input = x;
    layer.output_gradient = dz;
    layer.rule = &rule;
    layer.weights = weights.view();
    layer.weights_transposed = transposed.view();
    layer.weight_state = {first.view().data, second.view().data};
    layer.bias = bias.data();
    layer.bias_state = {bias_first.data(), bias_second.data()};
    return layer;
  }
};

UpdateRule<float> rule_of(Optimizer kind) {
  UpdateRule<float> rule;
  rule.kind = kind;
  rule.momentum = 0.9f;
  rule.weight_decay = 0.01f;
  rule.bias_correction1 = 0.1f;
  rule.bias_correction2 = 0.001f;
  return rule;
}

TEST_P(DenseTest, FusedUpdateEqualsGradientThenUpdate) {
  RandomStream random(5, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto dz = random_panels<float>(s.batch, s.out, random);
    for (const Optimizer kind :
         {Optimizer::kAdam, Optimizer::kAdamW, Optimizer::kSgd, Optimizer::kRmsprop}) {
      const UpdateRule<float> rule = rule_of(kind);
      Trained fused(s, 6), apart(s, 6);
      dense_backward_weights(fused.layer(x.view(), dz.view(), rule), {0, s.in},
                             {0, panel_count(s.out)});

      PanelMatrix<float> dw(s.in, s.out);
      std::vector<float> db(apart.bias.size());
      DenseBackwardWeights<float> gradient;
      gradient.input = x.view();
      gradient.output_gradient = dz.view();
      gradient.weight_gradient = dw.view();
      gradient.bias_gradient = db.data();
      dense_backward_weights(gradient, {0, s.in}, {0, panel_count(s.out)});
      update<float>(rule, apart.weights.view().data, dw.view().data,
                    {apart.first.view().data, apart.second.view().data}, s.in * padded_cols(s.out),
                    true);
      update<float>(rule, apart.bias.data(), db.data(),
                    {apart.bias_first.data(), apart.bias_second.data()}, padded_cols(s.out), false);
      transpose_panels<float>(apart.weights.view(), apart.transposed.view(),
                              {0, panel_count(s.out)});

      ASSERT_TRUE(equal_bits(fused.weights, apart.weights));
      ASSERT_TRUE(equal_bits(fused.transposed, apart.transposed));
      ASSERT_TRUE(equal_bits(fused.first, apart.first));
      ASSERT_TRUE(equal_bits(fused.second, apart.second));
      ASSERT_EQ(fused.bias, apart.bias);
      ASSERT_TRUE(padding_is_zero(fused.weights.view()));
      ASSERT_TRUE(padding_is_zero(fused.transposed.view()));
    }
  }
}

/// Boundaries 0 = b₀ < b₁ < … = count at random places.
std::vector<Range> random_cuts(Index count, RandomStream& random) {
  std::vector<Range> parts;
  for (Index begin = 0; begin < count;) {
    const Index end = std::min(count, begin + 1 + random.below(count));
    parts.push_back({begin, end});
    begin = end;
  }
  return parts;
}

TEST_P(DenseTest, ResultsDoNotDependOnHowTheWorkIsCut) {
  RandomStream random(7, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto x = random_panels<float>(s.batch, s.in, random);
    const auto w = random_panels<float>(s.in, s.out, random);
    const auto dz = random_panels<float>(s.batch, s.out, random);
    const auto bias = random_row<float>(s.out, random);
    PanelMatrix<float> wt(s.out, s.in), whole(s.batch, s.out), cut(s.batch, s.out);
    transpose_panels<float>(w.view(), wt.view(), {0, panel_count(s.out)});

    DenseForward<float> forward = {x.view(),          w.view(), bias.data(),
                                   Activation::kTanh, {},       whole.view()};
    dense_forward(forward, {0, s.batch});
    forward.output = cut.view();
    for (const Range rows : random_cuts(s.batch, random)) dense_forward(forward, rows);
    ASSERT_TRUE(equal_bits(whole, cut));

    PanelMatrix<float> data(s.batch, s.in), data_cut(s.batch, s.in);
    DenseBackwardData<float> backward = {dz.view(), wt.view(), Activation::kTanh,
                                         {},        x.view(),  data.view()};
    dense_backward_data(backward, {0, s.batch});
    backward.input_gradient = data_cut.view();
    for (const Range rows : random_cuts(s.batch, random)) dense_backward_data(backward, rows);
    ASSERT_TRUE(equal_bits(data, data_cut));

    const UpdateRule<float> rule = rule_of(Optimizer::kAdam);
    Trained together(s, 8), apart(s, 8);
    dense_backward_weights(together.layer(x.view(), dz.view(), rule), {0, s.in},
                           {0, panel_count(s.out)});
    const auto layer = apart.layer(x.view(), dz.view(), rule);
    for (const Range panels : random_cuts(panel_count(s.out), random)) {
      for (const Range inputs : random_cuts(s.in, random)) {
        dense_backward_weights(layer, inputs, panels);
      }
    }
    ASSERT_TRUE(equal_bits(together.weights, apart.weights));
    ASSERT_TRUE(equal_bits(together.transposed, apart.transposed));
    ASSERT_EQ(together.bias, apart.bias);
  }
}

TEST_P(DenseTest, RowsOfALargerBufferAreLeftAlone) {
  RandomStream random(9, RandomPurpose::kSample);
  const auto x = random_panels<float>(20, 30, random);
  const auto w = random_panels<float>(30, 40, random);
  auto h = garbage<float>(20, 40);
  const DenseForward<float> layer = {x.view().first_rows(7), w.view(), nullptr,
                                     Activation::kSigmoid,   {},       h.view().first_rows(7)};
  dense_forward(layer, {2, 7});
  for (const Index r : {0, 1, 7, 19}) {
    for (Index c = 0; c < 48; ++c) ASSERT_EQ(h.view().at(r, c), 777.0f);
  }
  PanelMatrix<float> all(20, 40);
  dense_forward<float>({x.view(), w.view(), nullptr, Activation::kSigmoid, {}, all.view()},
                       {0, 20});
  for (Index c = 0; c < 48; ++c) ASSERT_EQ(h.view().at(6, c), all.view().at(6, c));
}

TEST_P(DenseTest, TransposesAnyShape) {
  RandomStream random(10, RandomPurpose::kSample);
  for (const Shape s : shapes()) {
    const auto w = random_panels<float>(s.in, s.out, random);
    auto wt = garbage<float>(s.out, s.in);
    for (const Range panels : random_cuts(panel_count(s.out), random)) {
      transpose_panels<float>(w.view(), wt.view(), panels);
    }
    ASSERT_TRUE(padding_is_zero(wt.view()));
    for (Index i = 0; i < s.in; ++i) {
      for (Index o = 0; o < s.out; ++o) ASSERT_EQ(wt.view().at(o, i), w.view().at(i, o));
    }
  }
}

TEST_P(DenseTest, NotANumberReachesTheOutput) {
  for (const ActivationInfo& f : activations()) {
    PanelMatrix<float> x(1, 1), w(1, 1), h(1, 1);
    x.view().at(0, 0) = std::numeric_limits<float>::quiet_NaN();
    w.view().at(0, 0) = 1;
    const float bias[kPanelWidth] = {};
    dense_forward<float>({x.view(), w.view(), bias, f.activation, {}, h.view()}, {0, 1});
    EXPECT_TRUE(std::isnan(h.view().at(0, 0))) << f.name;
  }
}

}  // namespace
}  // namespace hourglass
