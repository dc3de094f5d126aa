#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace hourglass {

/// A file that appears under its name whole or not at all: written to a temporary file in the same
/// folder, then fsync, rename and fsync of the folder in commit(). Destroyed uncommitted, it leaves
/// nothing behind and whatever stood under the name before stays. Not shared between threads.
class AtomicFile {
 public:
  /// Throws ErrorKind::kFailed naming the folder if it is missing or cannot be written to, and if
  /// what stands under the name is no regular file (a folder, a device, a pipe, links in a circle).
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Both throw ErrorKind::kFailed with the system's reason (e.g. a full disk).
  void write(const void* bytes, std::size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// What is written next overwrites what begins at this byte; beyond the end, zeros lie between.
  void seek(std::uint64_t offset);
  void commit();

  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail_writing();
  void start_writing_out();

  std::string path_;
  std::string temporary_;
  std::FILE* file_ = nullptr;
  std::size_t waiting_ = 0;  // bytes the disk has not been told to write yet
};

/// Such a file of these bytes. Throws as AtomicFile does.
void write_file(const std::string& path, std::string_view bytes);

/// Makes renames in a folder durable, as far as the system can.
void sync_folder(const std::string& folder);

}  // namespace hourglass
