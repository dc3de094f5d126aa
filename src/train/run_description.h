#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hourglass/settings.h"

namespace hourglass {

/// What a run is: all that resuming it needs besides the data and its last checkpoint.
struct RunDescription {
  Settings settings = {};               ///< as they were given
  std::string checkpoint_every = {};    ///< as CheckpointSchedule takes it
  std::vector<std::string> notes = {};  ///< the caller's own
  std::uint64_t data = 0;               ///< fingerprint() of the table
  bool finished = false;
};

/// Its file in a run folder.
std::string description_path(const std::string& folder);

void write_description(const RunDescription& description, const std::string& folder);

/// Throws ErrorKind::kModel if there is no run in the folder, or what describes it is broken.
RunDescription read_description(const std::string& folder);

}  // namespace hourglass
