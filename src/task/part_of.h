#pragma once

#include "base/index.h"
#include "hourglass/progress.h"

namespace hourglass {

/// Progress of one of several parts of the same stage (`part` from 0), shown as its share of one
/// bar: what is to be given to the part's work. Empty if `progress` is, which is kept a copy of.
ProgressCallback part_of(const ProgressCallback& progress, Index part, Index parts);

}  // namespace hourglass
