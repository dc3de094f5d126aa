#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "hourglass/detect.h"

namespace hourglass {

/// What is said of one row of a stream.
struct StreamedScore {
  std::int64_t row = 0;  ///< of the source, counted from 1, those left out included
  double anomaly_score = 0;
  double p_value = 0;
  bool is_anomaly = false;
  std::string time;  ///< its cell of DataOptions::time; else empty
};

/// Rows of a text table scored as they arrive from a pipe, in bounded memory. What there is when it
/// is asked for is scored at once, one row or many, so that a score never waits for rows behind it.
/// But with a model of windows, where a row is a time step, it waits for those that share a window
/// with it: `window` rows behind it at most, and one less where every step begins a window (stride
/// 0 or 1). Rows left out (`missing` = drop) end a run of steps, as the end of the stream does, and
/// with it the waiting. Scores are those of detect(), to the bit. Used by one thread.
class HOURGLASS_API DetectionStream {
 public:
  /// Reads from the file descriptor `input`, which stays the caller's; of `reading` only `missing`,
  /// `drop` and `time` count, and columns are found by name under a header line, else by position.
  /// Throws kUsage for what needs all rows at once (contamination, false_discovery_rate) or looks
  /// at them again (options.explain).
  DetectionStream(const Model& model, int input, const DataOptions& reading = {},
                  const DetectOptions& options = {}, const RunOptions& run = {});
  ~DetectionStream();

  /// Waits for rows and replaces `scores` by those now known, in order; false at the end. Throws
  /// kData for a row with something wrong in it, and for a run of steps shorter than a window, once
  /// those before it have been given, kInterrupted if asked to stop.
  bool next(std::vector<StreamedScore>& scores);

  /// What write_scores() writes of such rows into a .csv: the line of names and, with time if
  /// DataOptions::time was given, those of some scores.
  std::string csv_header() const;
  std::string csv_lines(const std::vector<StreamedScore>& scores) const;

  double threshold() const;
  /// Of the calibration, e.g. too few rows for any flag: known from the beginning.
  const std::vector<Warning>& warnings() const;
  /// Of the columns: known after the first next().
  const std::vector<std::string>& reading_warnings() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hourglass
