#pragma once

#include <string>

#include <hourglass/hourglass.h>

#include "cli/json.h"

namespace hourglass::cli {

/// A line for each contender, the best of each column in green or, without `colour`, with a star;
/// columns that have no figures are left out. Below it, what the figures were measured on.
std::string comparison_table(const Comparison& comparison, bool colour);
/// The same for programs.
Json comparison_json(const Comparison& comparison);

}  // namespace hourglass::cli
