#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/byte_store.h"
#include "data/image.h"
#include "data/reader.h"

namespace hourglass {

/// Numbers a picture may have where sizes are free.
inline constexpr Index kMostPictureValues = Index{1} << 29;

/// Throws ErrorKind::kData naming the first pixel that is no number (of floating-point images).
void refuse_holes(const Image& image, const std::string& name);

/// Pictures of any sizes, in the 8 or 16 bits (or floats) they came in: in memory, or in a scratch
/// file where they are many. All are seen in the same colours: red, green and blue if every one has
/// them, else grey. Reading is thread-safe.
class Pictures {
 public:
  Index count() const { return std::ssize(entries_); }
  Index channels() const { return channels_; }
  Index height(Index picture) const { return entry(picture).height; }
  Index width(Index picture) const { return entry(picture).width; }

  /// A rectangle as height × width × channels numbers, in [0, 1] unless they came as floats. What
  /// lies below or to the right of the picture is its mirror image.
  void read(Index picture, Index top, Index left, Index height, Index width, float* pixels) const;

 private:
  friend class PictureCollector;
  struct Entry {
    Index height, width, channels;
    int bit_depth;
    std::uint64_t offset;  // of its first byte
  };

  const Entry& entry(Index picture) const { return entries_[static_cast<std::size_t>(picture)]; }
  void read_row(const Entry& from, Index y, Index x, Index count, float* pixels) const;

  std::vector<Entry> entries_;
  Index channels_ = 1;
  std::shared_ptr<const ByteStore> bytes_;
};

/// Collects pictures one after the other.
class PictureCollector {
 public:
  explicit PictureCollector(const ReadOptions& options);

  /// Throws ErrorKind::kData for a pixel that is no number. `name`: of its file, for messages.
  void add(const Image& image, const std::string& name);
  /// At least one must have been added.
  std::shared_ptr<const Pictures> finish();
  Index colour_count() const { return colour_; }

 private:
  Pictures pictures_;
  ByteStoreWriter writer_;
  Index colour_ = 0;
};

/// A folder of images of any sizes, or one image, as a table of `Table::pictures`. Throws as
/// read_image_folder() does, save for sizes that differ.
Table read_pictures(const std::string& path, const ReadOptions& options);

}  // namespace hourglass
