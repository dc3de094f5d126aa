#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "data/byte_source.h"

namespace hourglass {

/// The file a user named: looked at once, then opened for reading as often as needed.
class InputFile {
 public:
  /// Throws ErrorKind::kData if it is missing, a folder, not a regular file, or empty.
  explicit InputFile(std::string path);

  const std::string& path() const { return path_; }
  /// The first bytes, unpacked: what the format is told by. At most 64 KiB.
  std::string_view head() const { return head_; }
  /// ".csv" of "Data.CSV.gz"; empty if there is none.
  const std::string& ending() const { return ending_; }
  bool gzipped() const { return gzipped_; }
  std::uint64_t size() const { return size_; }
  const std::shared_ptr<const FileDescriptor>& file() const { return file_; }
  /// The bytes from the first on, unpacked if the file is gzipped.
  std::unique_ptr<ByteSource> open() const;

 private:
  std::string path_;
  std::string ending_;
  std::string head_;
  std::shared_ptr<const FileDescriptor> file_;
  std::uint64_t size_ = 0;
  bool gzipped_ = false;
};

}  // namespace hourglass
