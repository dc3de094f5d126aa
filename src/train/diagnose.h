#pragma once

#include <limits>
#include <vector>

#include "hourglass/model.h"
#include "model/model_spec.h"
#include "train/evaluate.h"
#include "train/fit.h"

namespace hourglass {

/// What is known about a training once it is over; what the warnings are drawn from.
struct Findings {
  const ModelSpec* spec = nullptr;
  const FitResult* fit = nullptr;
  Index features = 0;
  Evaluation training;
  Evaluation held_out;  ///< on rows not trained on; empty feature lists without any
  Index held_out_rows = 0;
  /// PCA of the same latent_dim on the same held-out rows; empty if not measured.
  std::vector<double> pca_feature_error;
  double pca_mean_squared_error = std::numeric_limits<double>::quiet_NaN();
  double pca_training_mean_squared_error = std::numeric_limits<double>::quiet_NaN();
  Index dead_units = 0;  ///< code units that never change over the training rows
};

/// The warnings that hold, most important first: "memorised", "no-better-than-pca",
/// "independent-features", "dead-units", "not-converged". A table of checks, each a function.
std::vector<Warning> diagnose(const Findings& findings);

}  // namespace hourglass
