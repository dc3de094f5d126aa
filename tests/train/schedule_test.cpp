#include "train/schedule.h"

#include <gtest/gtest.h>

namespace hourglass {
namespace {

ModelSpec spec_with(Schedule schedule) {
  ModelSpec spec;
  spec.schedule = schedule;
  spec.learning_rate = 0.1;
  spec.epochs = 10;
  return spec;
}

TEST(LearningRate, ConstantStays) {
  const LearningRate rate(spec_with(Schedule::kConstant), 5);
  EXPECT_DOUBLE_EQ(rate.at(0), 0.1);
  EXPECT_DOUBLE_EQ(rate.at(49), 0.1);
}

TEST(LearningRate, CosineFallsToOnePercent) {
  const LearningRate rate(spec_with(Schedule::kCosine), 5);
  EXPECT_DOUBLE_EQ(rate.at(0), 0.1);
  EXPECT_NEAR(rate.at(25), 0.1 * (0.01 + 0.99 * 0.5), 1e-12);
  EXPECT_NEAR(rate.at(50), 0.001, 1e-12);
  for (Index step = 1; step <= 50; ++step) EXPECT_LT(rate.at(step), rate.at(step - 1));
}

TEST(LearningRate, CosineEndsWithTheStepsThereAre) {
  ModelSpec spec = spec_with(Schedule::kCosine);
  spec.steps = 23;
  EXPECT_EQ(total_steps(spec, 5), 23);
  EXPECT_NEAR(LearningRate(spec, 5).at(23), 0.001, 1e-12);
  spec.steps = 51;  // more than the epochs have
  EXPECT_EQ(total_steps(spec, 5), 50);
}

TEST(LearningRate, WarmUpRisesLinearly) {
  ModelSpec spec = spec_with(Schedule::kCosine);
  spec.warmup_epochs = 2;
  const LearningRate rate(spec, 5);
  EXPECT_NEAR(rate.at(0), 0.01, 1e-12);
  EXPECT_NEAR(rate.at(4), 0.05, 1e-12);
  EXPECT_NEAR(rate.at(9), 0.1, 1e-12);
  EXPECT_NEAR(rate.at(10), 0.1, 1e-12);
  EXPECT_LT(rate.at(11), 0.1);
}

TEST(LearningRate, StepCutsEverySoManyEpochs) {
  ModelSpec spec = spec_with(Schedule::kStep);
  spec.schedule_step = 3;
  spec.schedule_factor = 0.5;
  const LearningRate rate(spec, 5);
  EXPECT_DOUBLE_EQ(rate.at(14), 0.1);
  EXPECT_DOUBLE_EQ(rate.at(15), 0.05);
  EXPECT_DOUBLE_EQ(rate.at(30), 0.025);
}

TEST(LearningRate, PlateauCutsAfterPatience) {
  ModelSpec spec = spec_with(Schedule::kPlateau);
  spec.schedule_patience = 2;
  spec.schedule_factor = 0.1;
  LearningRate rate(spec, 5);
  rate.epoch_ended(1.0);
  rate.epoch_ended(0.9);
  rate.epoch_ended(0.95);
  rate.epoch_ended(0.95);
  EXPECT_DOUBLE_EQ(rate.at(20), 0.1);
  rate.epoch_ended(0.95);
  EXPECT_DOUBLE_EQ(rate.at(25), 0.01);
}

}  // namespace
}  // namespace hourglass
