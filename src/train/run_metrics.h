#pragma once

#include <fstream>
#include <string>

#include "model/checkpoint.h"

namespace hourglass {

/// metrics.jsonl of a run folder: a line for each epoch of each part, as it ends.
class RunMetrics {
 public:
  /// Goes on with a file, or begins one. Lines of epochs that are not in `states` are taken out, as
  /// those will be trained again.
  RunMetrics(const std::string& path, const FitStates& states);

  /// Throws ErrorKind::kFailed if it cannot be written.
  void add(const std::string& part, const EpochRecord& record, double seconds);

 private:
  std::string path_;
  std::ofstream file_;
};

}  // namespace hourglass
