#pragma once

#include <vector>

#include "train/train_model.h"

namespace hourglass {

/// Scores are told in units of what a typical row that was not learned from gets. Divides `scores`,
/// those of such rows, by their median, which is given back (1 if there is none above 0): neither
/// order nor p-values change.
double to_typical_units(std::vector<double>& scores);

/// Divides every score of the model, by way of its errors, by `unit`, above 0.
void scale_errors(TrainedModel& model, double unit);

/// Calibrates the model by `scores` that it, or what was trained like it, gave rows that typical
/// new ones are to be compared with; `cross_fitted` as in Calibration.
void calibrate(TrainedModel& model, std::vector<double> scores, bool cross_fitted);

}  // namespace hourglass
