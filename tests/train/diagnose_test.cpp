#include "train/diagnose.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>

namespace hourglass {
namespace {

// A healthy training: four features of variance 1 kept in two numbers with 10 % of the variance
// lost, PCA losing 30 %.
class Diagnose : public ::testing::Test {
 protected:
  Diagnose() {
    spec.latent_dim = 2;
    for (Index epoch = 1; epoch <= 20; ++epoch) {
      fit.history.push_back({epoch, 0.1, 0.1, 0.001});
    }
    findings.spec = &spec;
    findings.fit = &fit;
    findings.features = 4;
    findings.held_out_rows = 100;
    set_held_out(0.1);
    set_pca(0.3);
    set_training(0.09);
  }

  void set_training(double error) {
    findings.training.mean_squared_error = error;
    findings.training.feature_variance.assign(4, 1.0);
  }

  void set_held_out(double error) {
    findings.held_out.mean_squared_error = error;
    findings.held_out.feature_error.assign(4, error);
    findings.held_out.feature_variance.assign(4, 1.0);
  }
  void set_pca(double error) {
    findings.pca_mean_squared_error = error;
    findings.pca_feature_error.assign(4, error);
  }
  bool warns(const std::string& code) const {
    const auto warnings = diagnose(findings);
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const Warning& warning) { return warning.code == code; });
  }

  ModelSpec spec;
  FitResult fit;
  Findings findings;
};

TEST_F(Diagnose, HealthyTrainingGetsNoWarning) { EXPECT_TRUE(diagnose(findings).empty()); }

TEST_F(Diagnose, PcaOfAsManyComponentsAsFeaturesSaysNothing) {
  set_pca(0);
  EXPECT_TRUE(warns("no-better-than-pca"));
  spec.latent_dim = 4;
  EXPECT_FALSE(warns("no-better-than-pca"));
}

TEST_F(Diagnose, Memorised) {
  set_training(0.04);
  EXPECT_TRUE(warns("memorised"));
  set_training(0.06);
  EXPECT_FALSE(warns("memorised"));
}

TEST_F(Diagnose, WideDetectorsMayMemorise) {
  set_training(0.04);
  spec.latent_dim = findings.features;
  EXPECT_TRUE(warns("memorised"));
  spec.job = "detect";
  EXPECT_FALSE(warns("memorised"));
  spec.latent_dim = findings.features - 1;
  EXPECT_TRUE(warns("memorised"));
}

TEST_F(Diagnose, MemorisedIsAlsoWhatDoesNotCarryOver) {
  // A code of one number: errors are alike, yet what little was learned holds for no other row.
  set_training(0.7);
  set_held_out(0.9);
  EXPECT_TRUE(warns("memorised"));
  set_held_out(0.8);
  EXPECT_FALSE(warns("memorised"));
  // Next to nothing was learned: nothing was memorised either.
  set_training(0.95);
  set_held_out(1.01);
  EXPECT_FALSE(warns("memorised"));
}

TEST_F(Diagnose, WhatMakesHeldOutRowsHardForPcaIsNotMemorising) {
  findings.training.mean_squared_error = 0.04;
  findings.pca_training_mean_squared_error = 0.2;  // PCA's error, too, is 1.5 times as large
  EXPECT_FALSE(warns("memorised"));
  findings.training.mean_squared_error = 0.03;
  EXPECT_TRUE(warns("memorised"));
  findings.pca_training_mean_squared_error = 0.01;  // but what PCA memorised excuses nothing
  findings.training.mean_squared_error = 0.024;
  EXPECT_TRUE(warns("memorised"));
}

TEST_F(Diagnose, MemorisedNeedsRowsToTell) {
  set_training(0.01);
  findings.held_out_rows = 5;
  EXPECT_FALSE(warns("memorised"));
}

TEST_F(Diagnose, NoBetterThanPca) {
  set_pca(0.1);
  EXPECT_TRUE(warns("no-better-than-pca"));
  spec.family = "linear";  // PCA is what it should reach
  EXPECT_FALSE(warns("no-better-than-pca"));
}

TEST_F(Diagnose, IndependentFeatures) {
  set_held_out(0.5);  // two numbers of four keep exactly half
  set_pca(0.5);
  EXPECT_TRUE(warns("independent-features"));
  set_held_out(0.3);  // what PCA cannot see, the model can
  EXPECT_FALSE(warns("independent-features"));
}

TEST_F(Diagnose, ASmallCodeOfManyFeaturesIsNoSignOfIndependence) {
  spec.latent_dim = 1;
  findings.features = 500;
  const auto explain = [&](double share) {
    findings.held_out.mean_squared_error = 1 - share;
    findings.held_out.feature_error.assign(500, 1 - share);
    findings.held_out.feature_variance.assign(500, 1.0);
    findings.pca_feature_error.assign(500, 1 - share);
    findings.pca_mean_squared_error = 1 - share;
  };
  explain(0.002);  // one of 500
  EXPECT_TRUE(warns("independent-features"));
  explain(0.05);  // as much as 25 of them would
  EXPECT_FALSE(warns("independent-features"));
}

TEST_F(Diagnose, DeadUnits) {
  findings.dead_units = 1;
  EXPECT_TRUE(warns("dead-units"));
}

TEST_F(Diagnose, NotConverged) {
  for (Index epoch = 0; epoch < 20; ++epoch) {
    fit.history[static_cast<std::size_t>(epoch)].validation_loss =
        1.0 / static_cast<double>(epoch + 1);
  }
  EXPECT_TRUE(warns("not-converged"));
  fit.stopped_early = true;
  EXPECT_FALSE(warns("not-converged"));
}

TEST_F(Diagnose, NotConvergedLooksAtTheRunningLossWithoutValidation) {
  for (Index epoch = 0; epoch < 20; ++epoch) {
    auto& record = fit.history[static_cast<std::size_t>(epoch)];
    record.validation_loss = std::numeric_limits<double>::quiet_NaN();
    record.running_loss = 1.0 / static_cast<double>(epoch + 1);
  }
  EXPECT_TRUE(warns("not-converged"));
}

}  // namespace
}  // namespace hourglass
