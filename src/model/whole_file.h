#pragma once

#include <string>

namespace hourglass {

/// All bytes of a file. Throws ErrorKind::kModel with the reason where it cannot be read; `what` it
/// is said to be: "model", "checkpoint", "run".
std::string read_whole_file(const std::string& path, const char* what);

}  // namespace hourglass
