#pragma once

#include <string>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"
#include "cli/console.h"

namespace hourglass::cli {

/// What `denoise` does with a model of sound.
void denoise_sounds(const Model& model, const Arguments& arguments, Console& console);

}  // namespace hourglass::cli
