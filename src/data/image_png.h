#pragma once

#include <string>
#include <string_view>

#include "data/image.h"

namespace hourglass {

bool looks_like_png(std::string_view head);

/// Any PNG: grey of 1 to 16 bits, colours, palette (as colours), with opacity or without;
/// nothing but the picture looked at (an orientation in EXIF data neither). Throws ErrorKind::kData
/// naming `name` for one that is broken, cut short or has more than `most_values` values.
Image decode_png(std::string_view bytes, Index most_values, const std::string& name);

/// With 8 bits a value, or 16 if the image has more. Throws ErrorKind::kFailed.
std::string encode_png(const Image& image);

}  // namespace hourglass
