#pragma once

#include <string>

#include <hourglass/hourglass.h>

#include "cli/arguments.h"

namespace hourglass::cli {

/// Where and how often the training is to be kept, by --run and --checkpoint-every, with the
/// command line itself. Throws before any work is done, as check(KeepOptions) does.
KeepOptions keep_options_from(const Arguments& arguments);

/// A run as it was begun.
struct BegunRun {
  std::string folder;   ///< absolute
  Arguments arguments;  ///< of the command that began it
  KeptRun kept;
};

/// The run that --resume names. The working folder becomes the one that it was begun in, as its
/// paths are meant from there. Throws ErrorKind::kUsage if the command line says more than a run
/// that has begun can be told, kModel if there is none, or none that was begun by a command.
BegunRun begun_run(const Arguments& arguments);

}  // namespace hourglass::cli
