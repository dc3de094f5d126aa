#include "base/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"

namespace hourglass {

FileLock::FileLock(const std::string& path)
    : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(fmt::format("cannot write {}: {}", path, system_reason()));
}

FileLock::~FileLock() { close(descriptor_); }

bool FileLock::try_lock() { return flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

}  // namespace hourglass
