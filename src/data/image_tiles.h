#pragma once

#include <memory>
#include <vector>

#include "data/table.h"
#include "data/tile_axis.h"

namespace hourglass {

/// Whether two shapes ({height, width} or {height, width, channels}) are those of images that
/// differ in height or width alone.
bool differ_in_size_alone(const std::vector<Index>& a, const std::vector<Index>& b);

/// How images of one size are seen by a model of another: through tiles of its size that overlap by
/// half, laid so that the last ends where the image does. An image smaller than a tile is continued
/// by its mirror image. Reading is thread-safe.
class ImageTiling {
 public:
  /// `image` and `tile` must differ in size alone.
  ImageTiling(const std::vector<Index>& image, const std::vector<Index>& tile);

  Index tiles() const { return down_.count() * across_.count(); }  ///< an image
  Index tile_values() const { return down_.size * across_.size * channels_; }
  Index image_values() const { return down_.extent * across_.extent * channels_; }

  /// `image`: image_values() numbers, `tile`: tile_values(); both row-major.
  void cut(const double* image, Index position, double* tile) const;
  /// Adds a tile to an image that began as zeros. Once all tiles have been added each pixel is a
  /// mean of those that cover it, the more of a tile's the farther from its border, so that no seam
  /// shows.
  void blend(const float* tile, Index position, float* image) const;

 private:
  Index channels_;
  TileAxis down_, across_;
};

/// The tiles of every image of a store, as rows: an image's one after the other.
std::shared_ptr<const RowStore> tiles_of(std::shared_ptr<const RowStore> images,
                                         const ImageTiling& tiling);

}  // namespace hourglass
