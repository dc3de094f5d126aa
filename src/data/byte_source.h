#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "data/file_descriptor.h"

namespace hourglass {

/// Bytes that come one after another: a file, or what a compressed one unpacks to. Used by one
/// thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Up to `count` bytes into `out`; fewer only at the end. Throws ErrorKind::kData if the file
  /// cannot be read or unpacked.
  virtual std::size_t read(void* out, std::size_t count) = 0;
  /// How many bytes there are in all, if that is known before they have been read and can be
  /// trusted.
  virtual std::optional<std::uint64_t> size() const = 0;
  /// The share of the file that has been read, 0 … 1, for progress.
  virtual double fraction() const = 0;
};

/// A regular file of `size` bytes, from its first byte on.
std::unique_ptr<ByteSource> open_file_bytes(std::shared_ptr<const FileDescriptor> file,
                                            std::uint64_t size, std::string path);

/// Exactly `count` bytes; throws ErrorKind::kData saying that `path` ends too early otherwise.
void read_exactly(ByteSource& source, void* out, std::size_t count, const std::string& path);

/// `count` bytes at `offset` of an open file. Throws ErrorKind::kData naming `path` if they are not
/// there (any more). Thread-safe.
void read_file_at(const FileDescriptor& file, std::uint64_t offset, void* out, std::size_t count,
                  const std::string& path);

/// Packed data that unpacks to more than a gibibyte and more than 200 times its size is taken for a
/// bomb and not for data. Throws ErrorKind::kData naming `path` then.
void check_expansion(std::uint64_t packed_bytes, std::uint64_t unpacked_bytes,
                     const std::string& path);

}  // namespace hourglass
