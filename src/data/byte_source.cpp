#include "data/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr std::uint64_t kTrustedUnpackedBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kTrustedExpansion = 200;

// Fewer bytes than asked for only at the end of the file.
std::size_t read_some_at(const FileDescriptor& file, std::uint64_t offset, void* out,
                         std::size_t count, const std::string& path) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = pread(file.get(), static_cast<char*>(out) + done, count - done,
                              static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) data_error(fmt::format("cannot read {}: {}", path, system_reason()));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

class FileBytes : public ByteSource {
 public:
  FileBytes(std::shared_ptr<const FileDescriptor> file, std::uint64_t size, std::string path)
      : file_(std::move(file)), size_(size), path_(std::move(path)) {}

  std::size_t read(void* out, std::size_t count) override {
    const std::size_t got = read_some_at(*file_, offset_, out, count, path_);
    offset_ += got;
    return got;
  }
  std::optional<std::uint64_t> size() const override { return size_; }
  double fraction() const override {
    return size_ == 0 ? 1.0 : std::min(1.0, static_cast<double>(offset_) / double(size_));
  }

 private:
  std::shared_ptr<const FileDescriptor> file_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
  std::string path_;
};

}  // namespace

std::unique_ptr<ByteSource> open_file_bytes(std::shared_ptr<const FileDescriptor> file,
                                            std::uint64_t size, std::string path) {
  return std::make_unique<FileBytes>(std::move(file), size, std::move(path));
}

void read_exactly(ByteSource& source, void* out, std::size_t count, const std::string& path) {
  if (source.read(out, count) != count) {
    data_error(fmt::format("{} ends too early: it was cut short; get the whole file", path));
  }
}

void read_file_at(const FileDescriptor& file, std::uint64_t offset, void* out, std::size_t count,
                  const std::string& path) {
  if (read_some_at(file, offset, out, count, path) != count) {
    data_error(fmt::format("{} became shorter while it was being read", path));
  }
}

void check_expansion(std::uint64_t packed_bytes, std::uint64_t unpacked_bytes,
                     const std::string& path) {
  if (unpacked_bytes > kTrustedUnpackedBytes && unpacked_bytes / kTrustedExpansion > packed_bytes) {
    data_error(
        fmt::format("{} unpacks to more than {} times its size, which looks like a zip bomb; if it "
                    "is not, unpack it yourself and give that file",
                    path, kTrustedExpansion));
  }
}

}  // namespace hourglass
