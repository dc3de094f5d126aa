#pragma once

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// What `inpaint` does with a model of rows of a table.
void inpaint_cells(const Model& model, const Arguments& arguments, Console& console);

}  // namespace hourglass::cli
