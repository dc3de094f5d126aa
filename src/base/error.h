#pragma once

#include <string>

#include "hourglass/error.h"

namespace hourglass {

[[noreturn]] void fail(const std::string& message);         ///< throws ErrorKind::kFailed
[[noreturn]] void usage_error(const std::string& message);  ///< throws ErrorKind::kUsage
[[noreturn]] void data_error(const std::string& message);   ///< throws ErrorKind::kData
[[noreturn]] void model_error(const std::string& message);  ///< throws ErrorKind::kModel

/// The system's words for the current errno, e.g. "No space left on device".
std::string system_reason();

/// An invariant of our own code, not a check of a user's input: throws std::logic_error naming the
/// place, in every build.
#define HOURGLASS_CHECK(condition) \
  ((condition) ? void(0) : ::hourglass::broken_invariant(#condition, __FILE__, __LINE__))
[[noreturn]] void broken_invariant(const char* condition, const char* file, int line);

}  // namespace hourglass
