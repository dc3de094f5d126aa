#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <string>

#include "hourglass/detect.h"

namespace hourglass {

/// The columns of a .csv that every row has, and the time of one that has it.
struct ScoredRow {
  std::int64_t row;
  double anomaly_score, p_value;
  bool is_anomaly;
  const std::string* time;  ///< may be null
};
std::string scored_row_header(bool timed);
void append(const ScoredRow& row, fmt::memory_buffer& text);

/// A form that scores are written in, told by the file's ending.
struct ScoreFormat {
  std::string ending;
  bool holds_text;  ///< explanations and names of rows as well
  void (*write)(const DetectionScores& scores, const std::string& path, const RunOptions& run);
};

/// The format for a path; null if its ending is none of them.
const ScoreFormat* find_score_format(const std::string& path);

}  // namespace hourglass
