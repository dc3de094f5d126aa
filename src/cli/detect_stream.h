#pragma once

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// `detect MODEL -`: scores rows from standard input as they arrive, a line each on standard
/// output. Throws ErrorKind::kUsage without a model and for options that need all rows at once.
void detect_stream(const Arguments& arguments, Console& console);

}  // namespace hourglass::cli
