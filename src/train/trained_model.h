#pragma once

#include <memory>
#include <vector>

#include "linalg/nearest_point.h"
#include "model/saved_model.h"
#include "network/ensemble_inference.h"

namespace hourglass {

using ReferencePoints = std::vector<std::shared_ptr<const NearestPoint>>;

/// A model in use: what the file holds, with the parameters in the layout kernels work in.
struct TrainedModel {
  SavedModel saved;   ///< `networks` and `reference_codes` of it empty until packed for a file
  Networks networks;  ///< one a member of `saved.spec`
  /// Codes of rows that a member was trained on: one a member, or none.
  ReferencePoints reference_codes;

  Index members() const { return static_cast<Index>(networks.size()); }
  const Network<float>& network(Index member = 0) const {
    return *networks[static_cast<std::size_t>(member)];
  }
};

/// A member of a model as a model of its own: its network, its feature scales, but no calibration,
/// as the scores there are those of all members together. What is told of the training stays.
TrainedModel member_of(const TrainedModel& model, Index member);

/// Every `step`-th member, beginning with `first`, as a model of its own of the same kind.
TrainedModel every_nth_member(const TrainedModel& model, Index first, Index step);

/// From a file's contents and back.
/// What a loss has to know of the columns: the features it treats as one (each category's, or
/// all), and how targets become counts.
void fit_to_columns(StepSpec& step, const Encoding& encoding);

TrainedModel unpack(SavedModel saved);
SavedModel pack(const TrainedModel& model);

}  // namespace hourglass
