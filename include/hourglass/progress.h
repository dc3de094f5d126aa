#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace hourglass {

/// One moment of long work, for a progress bar. NaN where a number is not known yet.
struct Progress {
  std::string stage;       ///< "reading", "training", "scoring", …
  double fraction = 0;     ///< of this stage done, 0 … 1; negative if not known
  std::int64_t epoch = 0;  ///< counted from 1; 0 outside training
  std::int64_t epochs = 0;
  double loss = 0;
  double validation_loss = 0;
  /// Mean squared error of the samples held out, damaged as in training, in scaled units.
  double validation_error = 0;
  /// Of pictures held out, in dB; NaN but while training on pictures.
  double psnr = std::numeric_limits<double>::quiet_NaN();
  double rows_per_second = 0;
  double seconds_left = 0;
};

/// Called from the thread that asked for the work, at most a few times a second.
using ProgressCallback = std::function<void(const Progress&)>;

}  // namespace hourglass
