#pragma once

#include <cstdint>
#include <string>

#include "data/file_descriptor.h"

namespace hourglass {

/// A file without a name that goes away with its owner, for numbers that memory cannot hold. It
/// lies in the folder asked for, or in /var/tmp if that one is a memory file system.
class ScratchFile {
 public:
  /// Throws ErrorKind::kFailed naming the folder if no file can be made there.
  explicit ScratchFile(const std::string& folder);

  /// Throws ErrorKind::kFailed naming the folder, e.g. when the disk is full.
  void append(const void* bytes, std::size_t count);
  std::uint64_t size() const { return size_; }
  const std::string& folder() const { return folder_; }
  /// Hands the open file over.
  FileDescriptor release() { return std::move(file_); }

 private:
  FileDescriptor file_;
  std::string folder_;
  std::uint64_t size_ = 0;
};

}  // namespace hourglass
