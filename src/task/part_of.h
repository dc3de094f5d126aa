#pragma once

#include <functional>
#include <string>

#include "base/index.h"
#include "hourglass/progress.h"

namespace hourglass {

/// Progress of one of several parts of the same stage (`part` from 0), shown as its share of one
/// bar: what is to be given to the part's work. Empty if `progress` is, which is kept a copy of.
ProgressCallback part_of(const ProgressCallback& progress, Index part, Index parts);

/// What tells `progress` of the share done of a stage, such as "scoring". Empty if `progress` is,
/// which is kept a copy of.
std::function<void(double fraction)> share_of_stage(const ProgressCallback& progress,
                                                    const std::string& stage);

}  // namespace hourglass
