#include "base/atomic_file.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "base/error.h"
#include "base/paths.h"

namespace hourglass {
namespace {

std::string folder_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

constexpr std::size_t kWrittenOutAtOnce = std::size_t{8} << 20;  // bytes

}  // namespace

// A rename is durable only once the folder that holds the name has reached the disk too.
void sync_folder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  const std::string folder = folder_of(path_);
  if (!is_folder(folder)) {
    fail(fmt::format("cannot write {}: there is no folder {}; make it first", path_, folder));
  }
  std::error_code problem;
  const auto kind = std::filesystem::status(path_, problem).type();
  if (kind == std::filesystem::file_type::none) {
    fail(fmt::format("cannot write {}: {}", path_, problem.message()));
  }
  if (kind == std::filesystem::file_type::directory) {
    fail(fmt::format("cannot write {}: it is a folder; name a file", path_));
  }
  // The rename would put a plain file in a device's place (as root even /dev/null's).
  if (kind != std::filesystem::file_type::regular &&
      kind != std::filesystem::file_type::not_found) {
    fail(fmt::format("cannot write {}: it is not a regular file; name another", path_));
  }
  temporary_ = path_ + ".XXXXXX.part";
  const int descriptor = mkstemps(temporary_.data(), 5);
  if (descriptor < 0) {
    temporary_.clear();
    fail(fmt::format("cannot write {}: {}", path_, system_reason()));
  }
  fchmod(descriptor, 0644);
  file_ = fdopen(descriptor, "wb");
}

AtomicFile::~AtomicFile() {
  if (file_ != nullptr) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void AtomicFile::fail_writing() {
  fail(fmt::format("cannot write {}: {}", path_, system_reason()));
}

void AtomicFile::write(const void* bytes, std::size_t count) {
  if (count > 0 && std::fwrite(bytes, 1, count, file_) != count) fail_writing();
  waiting_ += count;
  if (waiting_ >= kWrittenOutAtOnce) start_writing_out();
}

void AtomicFile::seek(std::uint64_t offset) {
  if (fseeko(file_, static_cast<off_t>(offset), SEEK_SET) != 0) fail_writing();
}

// The disk works while more is made, so that commit() has less to wait for.
void AtomicFile::start_writing_out() {
  sync_file_range(fileno(file_), 0, 0, SYNC_FILE_RANGE_WRITE);
  waiting_ = 0;
}

void AtomicFile::commit() {
  if (std::fflush(file_) != 0 || fsync(fileno(file_)) != 0) fail_writing();
  if (std::fclose(std::exchange(file_, nullptr)) != 0) fail_writing();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail_writing();
  temporary_.clear();
  sync_folder(folder_of(path_));
}

void write_file(const std::string& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace hourglass
