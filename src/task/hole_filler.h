#pragma once

#include <functional>
#include <optional>
#include <string>

#include "data/holes.h"
#include "task/linear_hole_filler.h"
#include "task/picture_denoiser.h"

namespace hourglass {

/// What white is in the units a model learned images in: 1, 255 or 65535, the least that holds all
/// it saw, or beyond those the largest number of all.
double white_of(const Encoding& encoding);

/// What was filled into holes becomes no darker than black and no brighter than white, in a model's
/// units, if it knows them: nothing it learned from was negative.
void clamp_in_holes(const Encoding& encoding, const Holes& holes, Image& image);

/// `filled` becomes `share` of itself and the rest of another picture of its size.
void mix(const Image& other, double share, Image& filled);

/// Fills holes of pictures with what a model of images makes of them: its network and, of images of
/// the size it learned, its linear estimate if it has one, by their shares.
class HoleFiller {
 public:
  /// The model must be of images. Keeps references.
  HoleFiller(const TrainedModel& model, ThreadPool& pool);

  /// In place; known pixels stay as they are, bit for bit, and where nothing learned was negative
  /// what is filled in lies between black and white. At least one is known and one missing.
  /// `image`: in [0, 1], or with 32 bits in the model's own units. After the first of `passes` the
  /// model sees the holes as they were filled before. Throws ErrorKind::kData naming `name` for
  /// another size than the model's, where that takes images whole, for a grey picture and a model
  /// of coloured ones, and where numbers are too large to estimate from. `progress` may be empty.
  void fill(Image& image, const Holes& holes, const std::string& name, Index passes,
            const std::function<void(double)>& progress);

 private:
  // Of known pixels and holes, in the model's units; none where the model has none for such.
  std::optional<Image> estimate(const Image& known, const Holes& holes, const std::string& name);

  const SavedModel& saved_;
  PictureDenoiser denoiser_;
  std::optional<LinearHoleFiller> linear_;  // for the last holes
};

}  // namespace hourglass
