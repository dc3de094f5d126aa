#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/checkpoint.h"
#include "train/trained_model.h"

namespace hourglass {

/// Makes a model of what a training has come to so far: of each member that has begun the best
/// parameters yet (the latest, where no rows are held out to judge by). Stopping early costs
/// nothing but what was still to come.
class ModelSoFar {
 public:
  /// `begun`: spec, encoding, notes and numbers of rows of the model to be. `calibrate` may be
  /// null.
  ModelSoFar(SavedModel begun, std::function<void(TrainedModel&)> calibrate);

  /// Nothing if no member has begun, or none is better than when this was asked last.
  std::optional<SavedModel> operator()(const FitStates& states);

 private:
  SavedModel begun_;
  std::function<void(TrainedModel&)> calibrate_;
  std::vector<double> last_;
};

}  // namespace hourglass
