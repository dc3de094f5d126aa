#include "data/image_tiles.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "data/mirrored.h"

namespace hourglass {
namespace {

Index channels_of(const std::vector<Index>& shape) { return shape.size() > 2 ? shape[2] : 1; }

Index half_of(Index size) { return std::max<Index>(1, size / 2); }

class TileStore : public RowStore {
 public:
  TileStore(std::shared_ptr<const RowStore> images, const ImageTiling& tiling)
      : images_(std::move(images)), tiling_(tiling) {}

  Index rows() const override { return images_->rows() * tiling_.tiles(); }
  Index cols() const override { return tiling_.tile_values(); }
  bool in_memory() const override { return images_->in_memory(); }

  void read(Index begin, Index end, double* out) const override {
    std::vector<double> image(static_cast<std::size_t>(tiling_.image_values()));
    for (Index row = begin; row < end; ++row, out += cols()) {
      const Index position = row % tiling_.tiles();
      if (row == begin || position == 0) {
        const Index index = row / tiling_.tiles();
        images_->read(index, index + 1, image.data());
      }
      tiling_.cut(image.data(), position, out);
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }

 private:
  std::shared_ptr<const RowStore> images_;
  ImageTiling tiling_;
};

}  // namespace

bool differ_in_size_alone(const std::vector<Index>& a, const std::vector<Index>& b) {
  const auto is_image = [](const auto& shape) { return shape.size() == 2 || shape.size() == 3; };
  return is_image(a) && is_image(b) && channels_of(a) == channels_of(b) &&
         (a[0] != b[0] || a[1] != b[1]);
}

ImageTiling::ImageTiling(const std::vector<Index>& image, const std::vector<Index>& tile)
    : channels_(channels_of(image)),
      down_(image[0], tile[0], half_of(tile[0])),
      across_(image[1], tile[1], half_of(tile[1])) {
  HOURGLASS_CHECK(differ_in_size_alone(image, tile));
}

void ImageTiling::cut(const double* image, Index position, double* tile) const {
  const Index top = down_.start(position / across_.count());
  const Index left = across_.start(position % across_.count());
  for (Index y = 0; y < down_.size; ++y) {
    const double* row = image + mirrored(top + y, down_.extent) * across_.extent * channels_;
    for (Index x = 0; x < across_.size; ++x, tile += channels_) {
      std::copy_n(row + mirrored(left + x, across_.extent) * channels_, channels_, tile);
    }
  }
}

void ImageTiling::blend(const float* tile, Index position, float* image) const {
  const Index row = position / across_.count(), column = position % across_.count();
  const float* share_down = down_.shares_of(row);
  const float* share_across = across_.shares_of(column);
  const Index values = across_.inside(column) * channels_;
  for (Index y = 0; y < down_.inside(row); ++y) {
    const float* from = tile + y * across_.size * channels_;
    float* to =
        image + ((down_.start(row) + y) * across_.extent + across_.start(column)) * channels_;
    for (Index x = 0; x < values; ++x) {
      to[x] += share_down[y] * share_across[x / channels_] * from[x];
    }
  }
}

std::shared_ptr<const RowStore> tiles_of(std::shared_ptr<const RowStore> images,
                                         const ImageTiling& tiling) {
  return std::make_shared<TileStore>(std::move(images), tiling);
}

}  // namespace hourglass
