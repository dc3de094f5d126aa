#pragma once

#include <string>
#include <string_view>

#include "data/image.h"

namespace hourglass {

bool looks_like_tiff(std::string_view head);

/// The first page of a TIFF in strips or tiles: grey or RGB, whole numbers of 8 or 16 bits or
/// float32, uncompressed or by LZW, deflate, PackBits or JPEG; with opacity or without; an
/// orientation only told, by `is_turned`. Throws ErrorKind::kData naming `name` for one that is
/// broken, cut short, of another kind or has more than `most_values` values.
Image decode_tiff(std::string_view bytes, Index most_values, const std::string& name);

/// Deflated, with the image's own bits a value. Throws ErrorKind::kFailed.
std::string encode_tiff(const Image& image);

}  // namespace hourglass
