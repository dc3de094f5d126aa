#pragma once

#include <vector>

#include "cli/option.h"

namespace hourglass::cli {

/// Options that several verbs share; `uses` says which.
const std::vector<Option>& common_options();

/// One option for every row of the library's setting table that has a flag.
const std::vector<Option>& setting_options();

}  // namespace hourglass::cli
