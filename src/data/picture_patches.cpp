#include "data/picture_patches.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace hourglass {
namespace {

// First positions at which a patch lies within a line, however short.
Index places_along(Index extent, Index side) { return std::max<Index>(1, extent - side + 1); }

Index patches_along(Index extent, Index side) { return (extent + side - 1) / side; }

class PatchGrid : public RowStore {
 public:
  PatchGrid(std::shared_ptr<const Pictures> pictures, Index side, std::vector<Range>* rows_of)
      : pictures_(std::move(pictures)), side_(side) {
    for (Index i = 0; i < pictures_->count(); ++i) {
      first_row_.push_back(rows_);
      rows_ += patches_along(pictures_->height(i), side) * patches_along(pictures_->width(i), side);
      if (rows_of != nullptr) rows_of->push_back({first_row_.back(), rows_});
    }
  }

  Index rows() const override { return rows_; }
  Index cols() const override { return side_ * side_ * pictures_->channels(); }
  bool in_memory() const override { return false; }

  void read(Index begin, Index end, double* out) const override {
    std::vector<float> patch(static_cast<std::size_t>(cols()));
    for (Index row = begin; row < end; ++row) {
      read_one(row, patch.data());
      out = std::copy(patch.begin(), patch.end(), out);
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }

 private:
  void read_one(Index row, float* patch) const {
    const auto after = std::upper_bound(first_row_.begin(), first_row_.end(), row);
    const Index picture = after - first_row_.begin() - 1;
    const Index position = row - first_row_[static_cast<std::size_t>(picture)];
    const Index across = patches_along(pictures_->width(picture), side_);
    pictures_->read(picture, start(position / across, pictures_->height(picture)),
                    start(position % across, pictures_->width(picture)), side_, side_, patch);
  }
  Index start(Index position, Index extent) const {
    return std::min(position * side_, std::max<Index>(0, extent - side_));
  }

  std::shared_ptr<const Pictures> pictures_;
  Index side_;
  std::vector<Index> first_row_;  // of each picture
  Index rows_ = 0;
};

}  // namespace

DrawnPatches::DrawnPatches(std::shared_ptr<const Pictures> pictures, std::vector<Index> chosen,
                           Index side, Index rows, std::uint64_t seed)
    : pictures_(std::move(pictures)),
      chosen_(std::move(chosen)),
      side_(side),
      rows_(rows),
      seed_(seed) {
  HOURGLASS_CHECK(!chosen_.empty() && side > 0);
  for (const Index picture : chosen_) {
    places_before_.push_back(places_);
    places_ += places_along(pictures_->height(picture), side) *
               places_along(pictures_->width(picture), side);
  }
}

void DrawnPatches::draw(Index epoch, Index position, float* sample, float* room) const {
  RandomStream stream(seed_, RandomPurpose::kPatch, static_cast<std::uint64_t>(epoch),
                      static_cast<std::uint64_t>(position));
  const Index place = stream.below(places_);
  const Index way = stream.below(kWaysToTurn);
  const auto after = std::upper_bound(places_before_.begin(), places_before_.end(), place);
  const auto which = static_cast<std::size_t>(after - places_before_.begin() - 1);
  const Index picture = chosen_[which];
  const Index within = place - places_before_[which];
  const Index across = places_along(pictures_->width(picture), side_);
  pictures_->read(picture, within / across, within % across, side_, side_, room);
  turn_patch(room, side_, pictures_->channels(), way, sample);
}

void turn_patch(const float* patch, Index side, Index channels, Index way, float* turned) {
  const bool upside_down = (way & 1) != 0, mirrors = (way & 2) != 0, transposes = (way & 4) != 0;
  for (Index y = 0; y < side; ++y) {
    for (Index x = 0; x < side; ++x, turned += channels) {
      const Index from_y = upside_down ? side - 1 - y : y;
      const Index from_x = mirrors ? side - 1 - x : x;
      const Index from = transposes ? from_x * side + from_y : from_y * side + from_x;
      std::copy_n(patch + from * channels, channels, turned);
    }
  }
}

// Flips undo themselves; after a transposition each has become the other's.
Index way_back(Index way) {
  const bool upside_down = (way & 1) != 0, mirrors = (way & 2) != 0, transposes = (way & 4) != 0;
  return transposes ? 4 + (upside_down ? 2 : 0) + (mirrors ? 1 : 0) : way;
}

Table table_of_patches(const Table& pictures, Index side, std::vector<Range>* rows_of) {
  Table patches;
  patches.store = std::make_shared<PatchGrid>(pictures.pictures, side, rows_of);
  patches.sample_shape = {side, side};
  if (pictures.pictures->channels() > 1) patches.sample_shape.push_back(3);
  patches.unit_interval = pictures.unit_interval;
  patches.source = pictures.source;
  return patches;
}

}  // namespace hourglass
