#pragma once

#include <string>
#include <vector>

#include <hourglass/hourglass.h>

#include "cli/progress_bar.h"

namespace hourglass::cli {

/// Whoever reads standard output has seen enough (`hourglass detect m - | head -1`).
struct ClosedPipe {};

/// Writes to standard output at once. Throws ClosedPipe, or ErrorKind::kFailed where it cannot be
/// written for another reason.
void print(const std::string& text);

/// The three ways a verb speaks: results to standard output (all at once, at the end), progress,
/// warnings and notes to standard error. Not shared between threads.
class Console {
 public:
  /// `quiet`: no bar, notes or summaries. `json`: nothing on standard output but what result()
  /// gets.
  Console(bool quiet, bool json);

  bool json() const { return json_; }

  /// What was asked for; printed always.
  void result(const std::string& text) { output_ += text; }
  /// What a person wants to know beside a result that went to a file; left out by quiet and json.
  void summary(const std::string& text);
  void warning(const std::string& message);
  void note(const std::string& message);
  void warnings(const std::vector<std::string>& messages);
  void warnings(const std::vector<Warning>& warnings);
  void notes(const std::vector<std::string>& messages);

  /// Feeds the bar; empty where none is shown.
  ProgressCallback progress();
  /// Takes the bar off the screen.
  void end_progress() { bar_.clear(); }

  /// Everything for standard output, at the end of a run.
  const std::string& output() const { return output_; }

 private:
  bool quiet_;
  bool json_;
  ProgressBar bar_;
  std::string output_;
};

}  // namespace hourglass::cli
