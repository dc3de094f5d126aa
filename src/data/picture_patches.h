#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "data/drawn_samples.h"
#include "data/pictures.h"

namespace hourglass {

/// Square patches drawn from pictures: every place of every picture is as likely as any other, and
/// each of the eight ways to turn and mirror a patch, too. A picture smaller than a patch is
/// continued by its mirror image.
class DrawnPatches : public DrawnSamples {
 public:
  /// From the `chosen` of the pictures, at least one; `side`: of a patch, in pixels.
  DrawnPatches(std::shared_ptr<const Pictures> pictures, std::vector<Index> chosen, Index side,
               Index rows, std::uint64_t seed);

  Index rows() const override { return rows_; }
  Index features() const override { return side_ * side_ * pictures_->channels(); }
  void draw(Index epoch, Index position, float* sample, float* room) const override;

 private:
  std::shared_ptr<const Pictures> pictures_;
  std::vector<Index> chosen_;
  std::vector<Index> places_before_;  // of each chosen picture: of those before it together
  Index places_ = 0;                  // of all
  Index side_, rows_;
  std::uint64_t seed_;
};

/// A square patch of pixels of `channels` numbers each, turned and mirrored in one of the eight
/// ways: `way` from 0, which leaves it as it is, to 7; and the way that undoes another.
inline constexpr Index kWaysToTurn = 8;
void turn_patch(const float* patch, Index side, Index channels, Index way, float* turned);
Index way_back(Index way);

/// The same pictures cut into patches side by side, of which the last of a line ends where the
/// picture does, as the rows of a table: a picture's one after the other. `rows_of` (may be
/// null) becomes where those of each picture are.
Table table_of_patches(const Table& pictures, Index side, std::vector<Range>* rows_of);

}  // namespace hourglass
