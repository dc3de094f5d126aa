#pragma once

#include <functional>
#include <string>

#include "data/holes.h"
#include "task/picture_denoiser.h"

namespace hourglass {

/// What white is in the units a model learned images in: 1, 255 or 65535, the least that holds all
/// it saw, or beyond those the largest number of all.
double white_of(const Encoding& encoding);

/// Fills holes of pictures with what a model of images makes of them.
class HoleFiller {
 public:
  /// The model must be of images. Keeps references.
  HoleFiller(const TrainedModel& model, ThreadPool& pool);

  /// In place; known pixels stay as they are, bit for bit, and where nothing learned was negative
  /// what is filled in lies between black and white. At least one is known and one missing.
  /// `image`: in [0, 1], or with 32 bits in the model's own units. After the first of `passes` the
  /// model sees the holes as they were filled before. Throws ErrorKind::kData naming `name` for
  /// another size than the model's, where that takes images whole, and for a grey picture and a
  /// model of coloured ones. `progress` may be empty.
  void fill(Image& image, const Holes& holes, const std::string& name, Index passes,
            const std::function<void(double)>& progress);

 private:
  const SavedModel& saved_;
  PictureDenoiser denoiser_;
};

}  // namespace hourglass
