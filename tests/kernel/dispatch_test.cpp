#include "kernel/dispatch.h"

#include <algorithm>
#include <limits>

#include "kernel/dense.h"
#include "kernel/peak.h"
#include "kernel/testing.h"

namespace hourglass {
namespace {

TEST(Dispatch, OneImplementationIsChosenAndTheOthersSayWhyNot) {
  const auto list = implementations();
  ASSERT_GE(list.size(), 1u);
  EXPECT_EQ(list.back().name, "reference");
  EXPECT_EQ(
      std::count_if(list.begin(), list.end(), [](const auto& i) { return i.declines.empty(); }), 1);
  // The chosen one is the first this machine can run.
  EXPECT_EQ(implementation_name(), runnable_implementations().front());
}

TEST(Dispatch, ForcingAndLifting) {
  const std::string usual = implementation_name();
  EXPECT_FALSE(force_implementation("abacus"));
  EXPECT_EQ(implementation_name(), usual);
  ASSERT_TRUE(force_implementation("reference"));
  EXPECT_EQ(implementation_name(), "reference");
  for (const ImplementationReport& report : implementations()) {
    EXPECT_EQ(report.declines.empty(), report.name == "reference");
  }
  ASSERT_TRUE(force_implementation(""));
  EXPECT_EQ(implementation_name(), usual);
}

class EveryImplementationTest : public EveryImplementation {};
HOURGLASS_EVERY_IMPLEMENTATION(EveryImplementationTest);

TEST_P(EveryImplementationTest, TilesAreUsable) {
  const DenseTiles tiles = dense_tiles<float>();
  EXPECT_GE(tiles.rows, 1);
  EXPECT_EQ(tiles.inputs % kPanelWidth, 0);
  EXPECT_GE(tiles.output_panels, 1);
}

TEST_P(EveryImplementationTest, MeasuresAPeak) {
  const double gflops = measure_fma_gflops(0.005);
  EXPECT_GT(gflops, 0.001);
  EXPECT_LT(gflops, 10000);
}

TEST(FlushDenormals, FlushesInsideAndRestoresAfter) {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float half = 0.5f;
  volatile float product;
  {
    const FlushDenormals flush;
    product = smallest * half;
#if defined(__x86_64__)
    EXPECT_EQ(product, 0.0f);
#endif
  }
  product = smallest * half;
  EXPECT_GT(product, 0.0f);
}

}  // namespace
}  // namespace hourglass
