#pragma once

#include <string>

#include "hourglass/export.h"

namespace hourglass {

/// Where a model that comes with Hourglass lies, e.g. "denoise-default": in the folder that the
/// environment variable HOURGLASS_MODELS names or, where that is not set, in the first of these
/// that has it: models/ beside the running program, ../share/hourglass/models/ from there, and
/// share/hourglass/models/ under the prefix that Hourglass was built for. Throws kModel, naming
/// where it was looked for, if it is nowhere. Thread-safe as long as nobody changes the
/// environment.
HOURGLASS_API std::string shipped_model_path(const std::string& name);

}  // namespace hourglass
