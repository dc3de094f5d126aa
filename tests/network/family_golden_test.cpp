// Ten training losses of each family, and what its penalties add to them, beside PyTorch's with the
// same weights, batches, corruption and random numbers.

#include <gtest/gtest.h>

#include "golden_cases.h"

namespace hourglass {
namespace {

using nlohmann::json;

const std::vector<json>& golden() {
  static const std::vector<json> all = test::read_golden({"family_losses.json"});
  return all;
}

template <class T>
void expect_golden_families(double tolerance) {
  ThreadPool pool(2);
  ASSERT_GE(golden().size(), 15u);
  for (const json& c : golden()) {
    test::Replay<T> replay(c, pool);
    const std::vector<double> losses = c["losses"], terms = c["penalty_terms"];
    ASSERT_EQ(losses.size(), 10u);
    ASSERT_EQ(terms.size(), 10u);
    for (std::size_t step = 0; step < losses.size(); ++step) {
      EXPECT_NEAR(replay.step(step), losses[step], tolerance * losses[step])
          << c["name"] << ", loss of step " << step;
      EXPECT_NEAR(replay.penalty(), terms[step], tolerance * terms[step])
          << c["name"] << ", penalty of step " << step;
    }
  }
}

TEST(FamilyGolden, LossesAndPenaltiesAreThoseOfPyTorch) { expect_golden_families<float>(1e-5); }

TEST(FamilyGolden, LossesAndPenaltiesInFloat64) { expect_golden_families<double>(1e-9); }

TEST(FamilyGolden, EvaluationAfterTrainingIsThatOfPyTorch) { test::expect_evaluations(golden()); }

}  // namespace
}  // namespace hourglass
