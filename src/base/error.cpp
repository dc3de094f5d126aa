#include "base/error.h"

#include <cerrno>
#include <fmt/format.h>
#include <stdexcept>
#include <system_error>

namespace hourglass {

void fail(const std::string& message) { throw Error(ErrorKind::kFailed, message); }
void usage_error(const std::string& message) { throw Error(ErrorKind::kUsage, message); }
void data_error(const std::string& message) { throw Error(ErrorKind::kData, message); }
void model_error(const std::string& message) { throw Error(ErrorKind::kModel, message); }

std::string system_reason() { return std::generic_category().message(errno); }

void broken_invariant(const char* condition, const char* file, int line) {
  throw std::logic_error(fmt::format("{}:{}: this should hold: {}", file, line, condition));
}

}  // namespace hourglass
