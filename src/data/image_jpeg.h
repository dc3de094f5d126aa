#pragma once

#include <string>
#include <string_view>

#include "data/image.h"

namespace hourglass {

bool looks_like_jpeg(std::string_view head);

/// Baseline and progressive JPEG in grey or colour, as it is stored: an orientation in its EXIF
/// data is only told, by `is_turned`. Throws ErrorKind::kData naming `name` for one that is broken,
/// cut short (a half-grey picture is none), in the colours of print (CMYK) or has more than
/// `most_values` values.
Image decode_jpeg(std::string_view bytes, Index most_values, const std::string& name);

/// Of high quality (95), 8 bits. Throws ErrorKind::kFailed.
std::string encode_jpeg(const Image& image);

}  // namespace hourglass
