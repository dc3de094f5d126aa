#pragma once

#include <string>
#include <vector>

#include "hourglass/detect.h"

namespace hourglass {

/// Which labels mean "anomalous": see DetectionQuality. Of two labels of which neither is a
/// known word or 0, as 1 and -1 or cat and dog, the rarer one does. Throws ErrorKind::kData where
/// that cannot be told.
std::vector<bool> anomalous(const std::vector<std::string>& labels);

/// Area under the ROC curve; ties count half. NaN unless both kinds are there.
double auroc(const std::vector<double>& scores, const std::vector<bool>& positive);

/// Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds. NaN without positives.
double average_precision(const std::vector<double>& scores, const std::vector<bool>& positive);

}  // namespace hourglass
