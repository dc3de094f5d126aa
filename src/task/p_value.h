#pragma once

#include <vector>

#include "model/saved_model.h"

namespace hourglass {

/// Keeps at most 10,000 evenly spaced order statistics of `scores`.
void set_calibration_scores(Calibration& calibration, std::vector<double> scores,
                            bool cross_fitted);

/// (1 + calibration rows that score at least this) / (1 + calibration rows): valid, i.e. at most α
/// with probability at most α, for a row exchangeable with the calibration rows (conformal p-value;
/// Bates et al. 2023, "Testing for outliers with conformal p-values").
double p_value(const Calibration& calibration, double score);
/// Of `count` scores, several times as fast as one by one.
void p_values(const Calibration& calibration, const double* scores, Index count, double* out);

/// The score above which p_value() is at most `significance`; +infinity where no score can be that
/// significant for want of calibration rows.
double threshold_at(const Calibration& calibration, double significance);

/// Both for a score that is itself one of the calibration scores: the row is compared with the
/// others, so the smallest p-value is one over the number of rows.
double p_value_among(const Calibration& calibration, double score);
void p_values_among(const Calibration& calibration, const double* scores, Index count, double* out);
double threshold_among(const Calibration& calibration, double significance);

}  // namespace hourglass
