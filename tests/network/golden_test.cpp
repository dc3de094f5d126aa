// Ten training losses of PyTorch with its weights and batches put in.

#include <gtest/gtest.h>

#include "golden_cases.h"

namespace hourglass {
namespace {

using nlohmann::json;

const std::vector<json>& golden() {
  static const std::vector<json> all =
      test::read_golden({"training_losses.json", "convolutional_losses.json"});
  return all;
}

template <class T>
void expect_golden_losses(double tolerance) {
  ThreadPool pool(2);
  ASSERT_GE(golden().size(), 10u);
  for (const json& c : golden()) {
    test::Replay<T> replay(c, pool);
    const std::vector<double> losses = c["losses"];
    ASSERT_EQ(losses.size(), 10u);
    for (std::size_t step = 0; step < losses.size(); ++step) {
      EXPECT_NEAR(replay.step(step), losses[step], tolerance * std::abs(losses[step]))
          << c["name"] << ", step " << step;
    }
  }
}

TEST(Golden, TenTrainingLossesAreThoseOfPyTorch) { expect_golden_losses<float>(1e-5); }

// In float64 what is left is the rounding of learning rates and the like, nothing of the method.
TEST(Golden, TenTrainingLossesInFloat64) { expect_golden_losses<double>(1e-9); }

TEST(Golden, EvaluationAfterTrainingIsThatOfPyTorch) { test::expect_evaluations(golden()); }

}  // namespace
}  // namespace hourglass
