#pragma once

#include <functional>

#include "data/image.h"
#include "task/picture_denoiser.h"

namespace hourglass {

/// What a grey model does to a picture in colour.
enum class ColourBy { kChannel, kLuminance };

/// Takes the noise out of an image of any size, in place: by the model's own channels or, of an
/// image in colour and a model of grey ones, as `colour` says. Throws ErrorKind::kData naming
/// `name` for a grey image and a model of coloured ones. `progress` may be empty.
void clean_image(Image& image, const std::string& name, ColourBy colour, PictureDenoiser& denoiser,
                 const std::function<void(double)>& progress);

}  // namespace hourglass
