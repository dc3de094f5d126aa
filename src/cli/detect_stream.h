#pragma once

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// Throws ErrorKind::kUsage without a model and for options that need all rows at once.
void check_stream(const Arguments& arguments);

/// `detect MODEL -`: scores rows from standard input as they arrive, a line each on standard
/// output.
void detect_stream(const Arguments& arguments, const DetectOptions& options, Console& console);

}  // namespace hourglass::cli
