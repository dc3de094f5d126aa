#include "train/model_so_far.h"

#include <gtest/gtest.h>

#include "../model/tiny_model.h"
#include "base/error.h"

namespace hourglass {
namespace {

SavedModel begun_model() {
  SavedModel begun = tiny_model();
  begun.networks.clear();
  begun.calibration = {};
  return begun;
}

FitStates one_member() {
  return {{"member.0", {.numbers = {{"step", 5}}, .network = tiny_model().networks[0]}}};
}

TEST(ModelSoFar, IsMadeOnceForEachStep) {
  ModelSoFar make(begun_model(), nullptr);
  EXPECT_FALSE(make({}));
  FitStates states = one_member();
  const auto model = make(states);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->networks[0][0].values, tiny_model().networks[0][0].values);
  EXPECT_FALSE(make(states));
  states["member.0"].numbers["step"] = 6;
  EXPECT_TRUE(make(states));
}

// The one that an interruption kept from being made is all there would be.
TEST(ModelSoFar, IsMadeAgainIfItWasInterrupted) {
  int calls = 0;
  ModelSoFar make(begun_model(), [&](TrainedModel&) {
    if (calls++ == 0) throw Error(ErrorKind::kInterrupted, "interrupted");
  });
  EXPECT_THROW(make(one_member()), Error);
  EXPECT_TRUE(make(one_member()));
  EXPECT_FALSE(make(one_member()));
}

}  // namespace
}  // namespace hourglass
