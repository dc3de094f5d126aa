#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/file_descriptor.h"
#include "data/scratch_file.h"

namespace hourglass {

/// Bytes that can be read at any place, in memory or on disk. Reading is thread-safe.
class ByteStore {
 public:
  virtual ~ByteStore() = default;
  virtual void read(std::uint64_t offset, std::size_t count, std::byte* out) const = 0;
  /// The bytes themselves where they lie together in memory, else null.
  virtual const std::byte* direct(std::uint64_t offset, std::size_t count) const = 0;
  virtual bool in_memory() const = 0;
};

/// Part of a file, from `offset` on. pread and not a mapping: mapped pages would count as this
/// process's memory.
std::shared_ptr<const ByteStore> store_in_file(std::shared_ptr<const FileDescriptor> file,
                                               std::uint64_t offset, std::string path);

/// Collects bytes whose number is not known before: in memory up to a limit, all of them in a
/// scratch file beyond.
class ByteStoreWriter {
 public:
  ByteStoreWriter(std::uint64_t memory_limit_bytes, std::string scratch_folder);
  /// Throws ErrorKind::kFailed if the disk is full.
  void append(const void* bytes, std::size_t count);
  std::uint64_t size() const { return size_; }
  std::shared_ptr<const ByteStore> finish();

 private:
  void spill();

  std::uint64_t memory_limit_bytes_;
  std::string scratch_folder_;
  std::vector<std::vector<std::byte>> segments_;
  std::optional<ScratchFile> scratch_;
  std::uint64_t size_ = 0;
};

}  // namespace hourglass
