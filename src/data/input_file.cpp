#include "data/input_file.h"

#include <algorithm>
#include <cctype>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

#include "base/error.h"
#include "data/gzip_source.h"

namespace hourglass {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

std::string lower_ending(const std::string& path) {
  std::filesystem::path name = std::filesystem::path(path).filename();
  std::string ending = name.extension().string();
  if (ending == ".gz" || ending == ".GZ") ending = name.stem().extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)), ending_(lower_ending(path_)) {
  // Without O_NONBLOCK opening a pipe nobody writes to would wait for ever.
  FileDescriptor descriptor(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor) data_error(fmt::format("cannot read {}: {}", path_, system_reason()));
  struct stat status {};
  if (fstat(descriptor.get(), &status) != 0) {
    data_error(fmt::format("cannot read {}: {}", path_, system_reason()));
  }
  if (S_ISDIR(status.st_mode)) data_error(fmt::format("{} is a folder; name a file", path_));
  if (!S_ISREG(status.st_mode)) {
    data_error(fmt::format("{} is not a regular file; save the data to a file first", path_));
  }
  if (status.st_size == 0)
    data_error(fmt::format("{} is empty; give a file with samples in it", path_));
  size_ = static_cast<std::uint64_t>(status.st_size);
  file_ = std::make_shared<const FileDescriptor>(std::move(descriptor));
  posix_fadvise(file_->get(), 0, 0, POSIX_FADV_SEQUENTIAL);

  unsigned char magic[2] = {};
  if (size_ >= 2) read_file_at(*file_, 0, magic, 2, path_);
  gzipped_ = magic[0] == 0x1f && magic[1] == 0x8b;
  head_.resize(kHeadBytes);
  head_.resize(open()->read(head_.data(), head_.size()));
  if (head_.empty()) {
    data_error(fmt::format("{} is empty once unpacked; give a file with samples in it", path_));
  }
}

std::unique_ptr<ByteSource> InputFile::open() const {
  std::unique_ptr<ByteSource> bytes = open_file_bytes(file_, size_, path_);
  return gzipped_ ? open_gzip_bytes(std::move(bytes), path_) : std::move(bytes);
}

}  // namespace hourglass
