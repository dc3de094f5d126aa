#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

/// Where `fit_corruptions` says so, leaves out what does not act on these columns and masks columns
/// if there are categories among them, which nothing else acts on.
void fit_corruptions(ModelSpec& spec, const DataShape& shape);

/// Throws ErrorKind::kUsage for a corruption that the data's shape leaves nothing to act on, or
/// that lacks its recording, with what would do instead. `notes` (may be null) receives a line
/// where noise leaves a table's categories as they are.
void check_corruption_fits(const ModelSpec& spec, const DataShape& shape,
                           std::vector<std::string>* notes);

}  // namespace hourglass
