#include "kernel/update.h"

#include <cmath>

#include "kernel/testing.h"

namespace hourglass {
namespace {

/// Each rule as its paper (and PyTorch) writes it, for one parameter in double precision.
struct Parameter {
  double w, m = 0, v = 0;

  void step(const UpdateRule<float>& rule, double gradient, int t, bool decay) {
    const double lr = double(rule.learning_rate);
    const double lambda = decay ? double(rule.weight_decay) : 0;
    const double b1 = rule.beta1, b2 = rule.beta2;
    const double mu = double(rule.momentum), eps = double(rule.epsilon);
    double g = gradient * double(rule.gradient_scale);
    if (rule.kind == Optimizer::kAdamW) {
      w *= 1 - lr * lambda;
    } else {
      g += lambda * w;
    }
    switch (rule.kind) {
      case Optimizer::kAdam:
      case Optimizer::kAdamW: {
        m = b1 * m + (1 - b1) * g;
        v = b2 * v + (1 - b2) * g * g;
        const double m_hat = m / (1 - std::pow(b1, t)), v_hat = v / (1 - std::pow(b2, t));
        w -= lr * m_hat / (std::sqrt(v_hat) + eps);
        break;
      }
      case Optimizer::kSgd:
        m = mu * m + g;
        w -= lr * (g + mu * m);
        break;
      case Optimizer::kRmsprop:
        v = b2 * v + (1 - b2) * g * g;
        w -= lr * g / (std::sqrt(v) + eps);
        break;
    }
  }
};

class UpdateTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(UpdateTest);

TEST_P(UpdateTest, StepsAgreeWithTheFormulas) {
  RandomStream random(1, RandomPurpose::kSample);
  for (const Optimizer kind :
       {Optimizer::kAdam, Optimizer::kAdamW, Optimizer::kSgd, Optimizer::kRmsprop}) {
    for (const float momentum : {0.0f, 0.9f}) {
      for (const bool decay : {false, true}) {
        for (const Index count : {1, 3, 4, 15, 16, 37}) {
          UpdateRule<float> rule;
          rule.kind = kind;
          rule.learning_rate = 0.01f;
          rule.momentum = momentum;
          rule.weight_decay = 0.1f;
          rule.gradient_scale = 0.5f;
          const auto n = static_cast<std::size_t>(count);
          // One number more than the rule may touch.
          std::vector<float> w(n + 1), g(n + 1), first(n + 1), second(n + 1);
          std::vector<Parameter> exact(n);
          for (std::size_t i = 0; i < n; ++i) {
            w[i] = float(random.uniform(-1, 1));
            exact[i].w = double(w[i]);
          }
          w[n] = first[n] = second[n] = 42;
          const bool stateless = kind == Optimizer::kSgd && momentum == 0.0f;
          for (int t = 1; t <= 6; ++t) {
            rule.bias_correction1 = float(1 - std::pow(rule.beta1, t));
            rule.bias_correction2 = float(1 - std::pow(rule.beta2, t));
            for (std::size_t i = 0; i < n; ++i) {
              // Gradients of all sizes; those of the first parameter stay zero.
              g[i] = i == 0 ? 0.0f : float(random.normal() * std::pow(10, random.uniform(-4, 2)));
              exact[i].step(rule, double(g[i]), t, decay);
            }
            const UpdateState<float> state =
                stateless ? UpdateState<float>{} : UpdateState<float>{first.data(), second.data()};
            update(rule, w.data(), g.data(), state, count, decay);
          }
          for (std::size_t i = 0; i < n; ++i) {
            // A few roundings a step, of the step's and the parameter's size.
            ASSERT_NEAR(w[i], exact[i].w, 1e-5 * (std::abs(exact[i].w) + 0.06))
                << static_cast<int>(kind) << " " << i;
          }
          ASSERT_EQ(w[n], 42);
          ASSERT_EQ(first[n], 42);
          ASSERT_EQ(second[n], 42);
        }
      }
    }
  }
}

TEST_P(UpdateTest, ZerosStayZero) {
  for (const Optimizer kind :
       {Optimizer::kAdam, Optimizer::kAdamW, Optimizer::kSgd, Optimizer::kRmsprop}) {
    for (const float epsilon : {0.0f, 1e-8f}) {
      UpdateRule<float> rule;
      rule.kind = kind;
      rule.epsilon = epsilon;
      rule.momentum = 0.9f;
      rule.weight_decay = 0.1f;
      float w[16] = {}, first[16] = {}, second[16] = {};
      const float g[16] = {};
      update<float>(rule, w, g, {first, second}, 16, true);
      for (int i = 0; i < 16; ++i) {
        EXPECT_EQ(w[i], 0.0f);
        EXPECT_EQ(first[i], 0.0f);
        EXPECT_EQ(second[i], 0.0f);
      }
    }
  }
}

}  // namespace
}  // namespace hourglass
