#pragma once

#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/settings.h"

namespace hourglass {

/// Where a training keeps itself so that an interruption, of whatever kind, costs it a minute at
/// most: Model::train() with it, Model::resume() to go on. The folder holds config.toml (every
/// setting as resolved), metrics.jsonl (a line an epoch), checkpoint.safetensors, and
/// model.safetensors: the best model so far, which may be used at any moment, and in the end the
/// result.
struct KeepOptions {
  std::string folder;  ///< made once training begins; not there yet, or empty. "": nothing is kept
  /// "5": a checkpoint every five epochs; "90s": every 90 seconds; "": every minute, and more
  /// seldom where checkpoints would otherwise take more than 2 % of the time.
  std::string checkpoint_every = {};
  /// Texts of the caller's own, to be found in KeptRun: where the data lie, say.
  std::vector<std::string> notes = {};
};

/// Throws as Model::train() with the same would before it does any work: kUsage if the folder is in
/// use or `checkpoint_every` makes no sense, kFailed if the folder cannot be made there.
HOURGLASS_API void check(const KeepOptions& keep);

/// What a run folder says of itself.
struct KeptRun {
  Settings settings;  ///< as Model::train() was given them
  std::vector<std::string> notes;
  std::string model_path;  ///< of the best model so far, or the result; may not be there yet
  bool finished = false;
};

/// Throws kModel if there is no run in the folder or what describes it is broken.
HOURGLASS_API KeptRun kept_run(const std::string& folder);

}  // namespace hourglass
