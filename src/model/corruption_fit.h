#pragma once

#include <string>
#include <vector>

#include "model/model_spec.h"

namespace hourglass {

/// Throws ErrorKind::kUsage for a corruption that the data's shape leaves nothing to act on, or
/// that lacks its recording, with what would do instead. `notes` (may be null) receives a line
/// where noise leaves a table's categories as they are.
void check_corruption_fits(const ModelSpec& spec, const DataShape& shape,
                           std::vector<std::string>* notes);

}  // namespace hourglass
