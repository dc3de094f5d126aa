#pragma once

#include <string>

#include "hourglass/detect.h"

namespace hourglass {

/// A form that scores are written in, told by the file's ending.
struct ScoreFormat {
  std::string ending;
  bool holds_text;  ///< explanations and names of rows as well
  void (*write)(const DetectionScores& scores, const std::string& path, const RunOptions& run);
};

/// The format for a path; null if its ending is none of them.
const ScoreFormat* find_score_format(const std::string& path);

}  // namespace hourglass
