#include "kernel/activation.h"

#include <cmath>
#include <limits>

#include "kernel/elementwise.h"
#include "kernel/testing.h"

namespace hourglass {
namespace {

TEST(ActivationTable, NamesAreFoundAndOrderIsTheEnums) {
  int position = 0;
  for (const ActivationInfo& row : activations()) {
    EXPECT_EQ(static_cast<int>(row.activation), position++);
    EXPECT_EQ(find_activation(row.name), row.activation);
    EXPECT_EQ(info(row.activation).name, row.name);
  }
  EXPECT_FALSE(find_activation("rleu"));
}

TEST(ActivationTable, DerivativesAgreeWithFiniteDifferences) {
  RandomStream random(1, RandomPurpose::kSample);
  for (const ActivationInfo& f : activations()) {
    for (int i = 0; i < 200; ++i) {
      const double z = random.uniform(-6, 6);
      if (std::abs(z) < 1e-3) continue;  // the kink of the rectifiers
      const double step = 1e-5;
      const double slope =
          (activate(f.activation, z + step) - activate(f.activation, z - step)) / (2 * step);
      const double derivative = activation_derivative(f.activation, z, activate(f.activation, z));
      EXPECT_NEAR(derivative, slope, 1e-6 * std::max(1.0, std::abs(slope))) << f.name << " " << z;
    }
  }
}

TEST(ActivationTable, RangesHold) {
  for (const ActivationInfo& f : activations()) {
    for (double z = -50; z <= 50; z += 0.01) {
      const double h = activate(f.activation, z);
      ASSERT_GE(h, f.lowest - 1e-15) << f.name << " " << z;
      ASSERT_LE(h, f.highest) << f.name << " " << z;
    }
  }
}

class ActivationTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(ActivationTest);

/// Dense over where the functions bend, and the far ends.
std::vector<float> arguments() {
  std::vector<float> list = {0.0f,  -0.0f,  1e-30f, -1e-30f, 1e-6f,  -1e-6f,  20.0f, -20.0f,
                             60.0f, -60.0f, 88.0f,  -88.0f,  100.0f, -100.0f, 1e10f, -1e10f};
  for (float z = -12; z < 12; z += 0.00731f) list.push_back(z);
  return list;
}

/// Relative to the value, down to an absolute floor far below anything a network notices.
double tolerance(double exact) { return 2e-6 * std::abs(exact) + 1e-20; }

TEST_P(ActivationTest, ValuesAgreeWithDouble) {
  const std::vector<float> z = arguments();
  const auto n = static_cast<Index>(z.size());
  PanelMatrix<float> in(3, n);
  for (Index r = 0; r < 3; ++r) {
    for (Index c = 0; c < n; ++c) in.view().at(r, c) = z[static_cast<std::size_t>(c)];
  }
  for (const ActivationInfo& f : activations()) {
    auto h = garbage<float>(3, n);
    activation_forward<float>(f.activation, in.view(), h.view(), {0, 3});
    EXPECT_TRUE(padding_is_zero(h.view())) << f.name;
    for (Index r = 0; r < 3; ++r) {
      for (Index c = 0; c < n; ++c) {
        const double exact = activate(f.activation, double(in.view().at(r, c)));
        // GELU's tail is exp(−z²/2), where rounding z² alone costs z²/2 times as much.
        const double zz = double(in.view().at(r, c));
        const double widen = f.activation == Activation::kGelu && zz < 0 ? 1 + zz * zz : 1;
        ASSERT_NEAR(h.view().at(r, c), exact, widen * tolerance(exact)) << f.name << " " << zz;
      }
    }
  }
}

TEST_P(ActivationTest, DerivativesAgreeWithDouble) {
  const std::vector<float> points = arguments();
  const auto n = static_cast<Index>(points.size());
  RandomStream random(2, RandomPurpose::kSample);
  PanelMatrix<float> z(1, n);
  for (Index c = 0; c < n; ++c) z.view().at(0, c) = points[static_cast<std::size_t>(c)];
  const auto gradient = random_panels<float>(1, n, random);
  for (const ActivationInfo& f : activations()) {
    PanelMatrix<float> h(1, n);
    for (Index c = 0; c < n; ++c) {
      h.view().at(0, c) = float(activate(f.activation, double(z.view().at(0, c))));
    }
    auto out = garbage<float>(1, n);
    const Panels<const float> kept = f.derivative_from_output ? Panels<const float>{} : z.view();
    activation_backward<float>(f.activation, kept, h.view(), gradient.view(), out.view(), {0, 1});
    EXPECT_TRUE(padding_is_zero(out.view())) << f.name;
    for (Index c = 0; c < n; ++c) {
      const double g = double(gradient.view().at(0, c));
      const double exact = g * activation_derivative(f.activation, double(z.view().at(0, c)),
                                                     double(h.view().at(0, c)));
      ASSERT_NEAR(out.view().at(0, c), exact, 1e-6 * std::abs(g) + tolerance(exact))
          << f.name << " " << z.view().at(0, c);
    }
  }
}

TEST_P(ActivationTest, NotANumberStaysWhatItIs) {
  PanelMatrix<float> z(1, 33), h(1, 33);
  for (Index c = 0; c < 33; c += 2) {
    z.view().at(0, c) = std::numeric_limits<float>::quiet_NaN();
  }
  for (const ActivationInfo& f : activations()) {
    activation_forward<float>(f.activation, z.view(), h.view(), {0, 1});
    for (Index c = 0; c < 33; ++c) {
      EXPECT_EQ(std::isnan(h.view().at(0, c)), c % 2 == 0) << f.name << " " << c;
    }
  }
}

TEST_P(ActivationTest, InPlaceAndCutByRows) {
  RandomStream random(3, RandomPurpose::kSample);
  for (const ActivationInfo& f : activations()) {
    auto z = random_panels<float>(9, 21, random, -4, 4);
    PanelMatrix<float> h(9, 21);
    activation_forward<float>(f.activation, z.view(), h.view(), {0, 9});
    activation_forward<float>(f.activation, z.view(), z.view(), {0, 4});
    activation_forward<float>(f.activation, z.view(), z.view(), {4, 9});
    EXPECT_TRUE(equal_bits(z, h)) << f.name;
  }
}

TEST_P(ActivationTest, PanelsAndBack) {
  RandomStream random(4, RandomPurpose::kSample);
  for (const Index cols : {1, 15, 16, 17, 40, 64, 100}) {
    const Index rows = 7, stride = cols + 3;
    std::vector<float> from(static_cast<std::size_t>(rows * stride));
    for (float& x : from) x = float(random.uniform());
    auto panels = garbage<float>(rows, cols);
    to_panels<float>(from.data(), stride, panels.view(), {0, 3});
    to_panels<float>(from.data(), stride, panels.view(), {3, rows});
    EXPECT_TRUE(padding_is_zero(panels.view()));
    std::vector<float> back(from.size(), 5.0f);
    from_panels<float>(panels.view(), back.data(), stride, {0, rows});
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < stride; ++c) {
        const auto i = static_cast<std::size_t>(r * stride + c);
        ASSERT_EQ(back[i], c < cols ? from[i] : 5.0f);
        if (c < cols) {
          ASSERT_EQ(panels.view().at(r, c), from[i]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace hourglass
