#pragma once

#include <string>

namespace hourglass {

/// A file that one process at a time holds. The lock goes with the process, however that ends; the
/// file stays. Follows the file where it is renamed.
class FileLock {
 public:
  /// Makes the file if there is none. Throws ErrorKind::kFailed with the system's reason.
  explicit FileLock(const std::string& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  /// False if another holder has it.
  bool try_lock();

 private:
  int descriptor_;
};

}  // namespace hourglass
