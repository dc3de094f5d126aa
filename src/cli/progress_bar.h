#pragma once

#include <string>

#include <hourglass/progress.h>

namespace hourglass::cli {

/// A line on standard error, drawn over itself:
///     epoch 12/50 [=====>      ]  43 %  loss 0.0123  val 0.0130  9.1 s left  41k samples/s
class ProgressBar {
 public:
  ProgressBar() = default;
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Whether standard error is a terminal that can redraw a line.
  static bool wanted();

  void show(const Progress& moment);
  void clear();

 private:
  bool shown_ = false;
};

/// The line for a terminal `width` characters wide; no longer than width − 1. What does not fit is
/// left out, the least important first.
std::string progress_line(const Progress& moment, int width, bool colour);

}  // namespace hourglass::cli
