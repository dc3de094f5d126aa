#include "data/scratch_file.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "base/error.h"

namespace hourglass {
namespace {

constexpr const char* kDiskFolder = "/var/tmp";

bool lies_in_memory(const std::string& folder) {
  struct statfs status {};
  if (statfs(folder.c_str(), &status) != 0) return false;
  return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC;
}

FileDescriptor open_nameless(const std::string& folder) {
  FileDescriptor file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  // Not every file system knows O_TMPFILE: take a name and give it up at once.
  std::string name = folder + "/hourglass-scratch-XXXXXX";
  file = FileDescriptor(mkostemp(name.data(), O_CLOEXEC));
  if (file) unlink(name.c_str());
  return file;
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder) : folder_(folder.empty() ? "." : folder) {
  if (lies_in_memory(folder_)) {
    if (lies_in_memory(kDiskFolder)) {
      fail(
          fmt::format("{} and {} are memory file systems, so a table too large for memory cannot "
                      "be kept there; write the output to a folder on a disk",
                      folder_, kDiskFolder));
    }
    folder_ = kDiskFolder;
  }
  file_ = open_nameless(folder_);
  if (!file_) {
    fail(fmt::format("cannot keep a table too large for memory in {}: {}", folder_,
                     system_reason()));
  }
}

void ScratchFile::append(const void* bytes, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t put = write(file_.get(), static_cast<const char*>(bytes) + done, count - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      fail(fmt::format("cannot keep a table too large for memory in {}: {} after {} MB", folder_,
                       system_reason(), (size_ + done) >> 20));
    }
    done += static_cast<std::size_t>(put);
  }
  size_ += count;
}

}  // namespace hourglass
