#pragma once

#include <vector>

#include "hourglass/detect.h"
#include "model/saved_model.h"
#include "task/column_counter.h"

namespace hourglass {

/// The columns in which rows as a whole look unlike the training data, the farthest first: those
/// whose distance is beyond chance, at a level of 0.001 for all columns together and by the sizes
/// of both samples, and above 0.1. So a batch of which a tenth or less is anomalous is not called
/// adrift for that alone. Distances in [0, 1]: Kolmogorov and Smirnov's at the summary's values for
/// numbers, total variation for categories, or the difference of the shares missing.
std::vector<ColumnDrift> find_drift(const SavedModel& saved,
                                    const std::vector<ColumnCounts>& counts);

/// The warning "drift" for those columns or, if there are none, for p-values that are too often
/// small: P(p ≤ x) above x by more than chance and 0.15. Empty if there is neither. `judge_scores`:
/// whether the p-values are valid at all.
std::vector<Warning> drift_warning(const std::vector<ColumnDrift>& drift, const SavedModel& saved,
                                   const std::vector<double>& p_values, bool judge_scores);

}  // namespace hourglass
