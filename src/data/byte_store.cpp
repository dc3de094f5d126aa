#include "data/byte_store.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "data/byte_source.h"

namespace hourglass {
namespace {

// Segments rather than one growing vector: growing would for a moment hold everything twice.
constexpr std::size_t kSegmentBytes = std::size_t{4} << 20;

class MemoryBytes : public ByteStore {
 public:
  explicit MemoryBytes(std::vector<std::vector<std::byte>> segments)
      : segments_(std::move(segments)) {}

  void read(std::uint64_t offset, std::size_t count, std::byte* out) const override {
    while (count > 0) {
      const std::size_t within = offset % kSegmentBytes;
      const std::size_t step = std::min(count, kSegmentBytes - within);
      std::memcpy(out, segments_[offset / kSegmentBytes].data() + within, step);
      out += step;
      offset += step;
      count -= step;
    }
  }
  const std::byte* direct(std::uint64_t offset, std::size_t count) const override {
    const std::size_t within = offset % kSegmentBytes;
    if (count > kSegmentBytes - within) return nullptr;
    return segments_[offset / kSegmentBytes].data() + within;
  }
  bool in_memory() const override { return true; }

 private:
  std::vector<std::vector<std::byte>> segments_;
};

class FileStore : public ByteStore {
 public:
  FileStore(std::shared_ptr<const FileDescriptor> file, std::uint64_t offset, std::string path)
      : file_(std::move(file)), offset_(offset), path_(std::move(path)) {}

  void read(std::uint64_t offset, std::size_t count, std::byte* out) const override {
    read_file_at(*file_, offset_ + offset, out, count, path_);
  }
  const std::byte* direct(std::uint64_t, std::size_t) const override { return nullptr; }
  bool in_memory() const override { return false; }

 private:
  std::shared_ptr<const FileDescriptor> file_;
  std::uint64_t offset_;
  std::string path_;
};

}  // namespace

std::shared_ptr<const ByteStore> store_in_file(std::shared_ptr<const FileDescriptor> file,
                                               std::uint64_t offset, std::string path) {
  return std::make_shared<FileStore>(std::move(file), offset, std::move(path));
}

ByteStoreWriter::ByteStoreWriter(std::uint64_t memory_limit_bytes, std::string scratch_folder)
    : memory_limit_bytes_(memory_limit_bytes), scratch_folder_(std::move(scratch_folder)) {}

void ByteStoreWriter::append(const void* bytes, std::size_t count) {
  if (!scratch_ && size_ + count > memory_limit_bytes_) spill();
  size_ += count;
  if (scratch_) return scratch_->append(bytes, count);
  const auto* from = static_cast<const std::byte*>(bytes);
  while (count > 0) {
    if (segments_.empty() || segments_.back().size() == kSegmentBytes) {
      segments_.emplace_back();
      if (segments_.size() > 1) segments_.back().reserve(kSegmentBytes);
    }
    std::vector<std::byte>& segment = segments_.back();
    const std::size_t step = std::min(count, kSegmentBytes - segment.size());
    segment.insert(segment.end(), from, from + step);
    from += step;
    count -= step;
  }
}

void ByteStoreWriter::spill() {
  scratch_.emplace(scratch_folder_);
  for (std::vector<std::byte>& segment : segments_) {
    scratch_->append(segment.data(), segment.size());
    std::vector<std::byte>().swap(segment);
  }
  segments_.clear();
}

std::shared_ptr<const ByteStore> ByteStoreWriter::finish() {
  if (!scratch_) return std::make_shared<MemoryBytes>(std::move(segments_));
  const std::string name = "the scratch file in " + scratch_->folder();
  return store_in_file(std::make_shared<const FileDescriptor>(scratch_->release()), 0, name);
}

}  // namespace hourglass
