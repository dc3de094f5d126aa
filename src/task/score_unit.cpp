#include "task/score_unit.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "task/p_value.h"

namespace hourglass {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

double to_typical_units(std::vector<double>& scores) {
  const double typical = scores.empty() ? 0 : median(scores);
  if (!(typical > 0)) return 1;
  for (double& score : scores) score /= typical;
  return typical;
}

void scale_errors(TrainedModel& model, double unit) {
  // Errors are divided by the square of a scale, and where codes have a say they make up half of
  // the score's logarithm.
  const double scale = model.reference_codes.empty() ? std::sqrt(unit) : unit;
  model.saved.calibration.feature_scale.assign(
      static_cast<std::size_t>(model.members() * model.saved.encoding.features), scale);
}

void calibrate(TrainedModel& model, std::vector<double> scores, bool cross_fitted) {
  scale_errors(model, to_typical_units(scores));
  set_calibration_scores(model.saved.calibration, std::move(scores), cross_fitted);
}

}  // namespace hourglass
