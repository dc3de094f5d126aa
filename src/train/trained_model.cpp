#include "train/trained_model.h"

#include <utility>

#include "base/error.h"
#include "model/ensemble.h"

namespace hourglass {

TrainedModel member_of(const TrainedModel& model, Index member) {
  HOURGLASS_CHECK(member >= 0 && member < model.members());
  if (model.members() == 1) return model;
  TrainedModel alone;
  alone.saved = model.saved;
  alone.saved.spec = member_spec(model.saved.spec, member);
  const std::vector<double>& scales = model.saved.calibration.feature_scale;
  alone.saved.calibration = {};
  if (!scales.empty()) {
    const auto features = static_cast<std::ptrdiff_t>(model.saved.encoding.features);
    const auto begin = scales.begin() + member * features;
    alone.saved.calibration.feature_scale.assign(begin, begin + features);
  }
  alone.networks = {model.networks[static_cast<std::size_t>(member)]};
  if (!model.reference_codes.empty()) {
    alone.reference_codes = {model.reference_codes[static_cast<std::size_t>(member)]};
  }
  return alone;
}

void fit_to_columns(StepSpec& step, const Encoding& encoding) {
  step.groups = encoding.category_features();
  step.count_scale.clear();
  if (!info(step.loss).whole_row) return;
  step.groups = {{0, encoding.features}};
  if (!is_logarithmic(encoding.scaling)) return;
  for (const ColumnEncoding& column : encoding.columns) {
    if (!column.dropped) step.count_scale.push_back(static_cast<float>(column.scale));
  }
  step.count_scale.resize(static_cast<std::size_t>(padded_cols(encoding.features)), 1);
}

TrainedModel unpack(SavedModel saved) {
  TrainedModel model;
  for (Index i = 0; i < saved.spec.ensemble; ++i) {
    auto network = std::make_shared<Network<float>>(network_of(
        member_spec(saved.spec, i), saved.encoding.features, saved.encoding.sample_shape));
    network->set_tensors(saved.networks[static_cast<std::size_t>(i)]);
    model.networks.push_back(std::move(network));
  }
  for (const auto& codes : saved.reference_codes) {
    model.reference_codes.push_back(std::make_shared<const NearestPoint>(codes));
  }
  saved.reference_codes.clear();
  fit_to_columns(saved.spec.step, saved.encoding);
  saved.networks.clear();
  model.saved = std::move(saved);
  return model;
}

TrainedModel every_nth_member(const TrainedModel& model, Index first, Index step) {
  TrainedModel some;
  some.saved = model.saved;
  some.saved.calibration.feature_scale.clear();
  const auto features = static_cast<std::ptrdiff_t>(model.saved.encoding.features);
  for (Index member = first; member < model.members(); member += step) {
    some.networks.push_back(model.networks[static_cast<std::size_t>(member)]);
    if (!model.reference_codes.empty()) {
      some.reference_codes.push_back(model.reference_codes[static_cast<std::size_t>(member)]);
    }
    if (model.saved.calibration.feature_scale.empty()) continue;
    const auto scale = model.saved.calibration.feature_scale.begin() + member * features;
    some.saved.calibration.feature_scale.insert(some.saved.calibration.feature_scale.end(), scale,
                                                scale + features);
  }
  some.saved.spec.ensemble = some.members();
  return some;
}

SavedModel pack(const TrainedModel& model) {
  SavedModel saved = model.saved;
  for (const auto& network : model.networks) saved.networks.push_back(network->tensors());
  for (const auto& codes : model.reference_codes) saved.reference_codes.push_back(codes->points());
  return saved;
}

}  // namespace hourglass
