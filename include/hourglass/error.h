#pragma once

#include <stdexcept>
#include <string>

#include "hourglass/export.h"

namespace hourglass {

/// What went wrong, by whose hand it can be mended. The command's exit code follows from it.
enum class ErrorKind {
  kFailed = 1,      ///< the work could not be done: a full disk, training that diverged
  kUsage = 2,       ///< an option or a configuration that makes no sense
  kData = 3,        ///< data that cannot be read or does not fit the model
  kModel = 4,       ///< a model file that is missing, broken or of another kind
  kInterrupted = 5  ///< stopped by a signal or by the caller's progress callback
};

/// The one exception this library throws on what a user gave it. `what()` is a single line: what is
/// wrong, where (file, row, column; counted from 1) and what to do about it.
class HOURGLASS_API Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace hourglass
