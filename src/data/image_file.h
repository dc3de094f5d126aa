#pragma once

#include <array>
#include <string>
#include <string_view>

#include "data/image.h"
#include "data/input_file.h"

namespace hourglass {

/// One kind of image file. A new one is a file pair and a line in the table of image_file.cpp.
struct ImageFormat {
  std::string_view name;
  std::array<std::string_view, 2> endings;  ///< the first is the usual one
  bool (*matches)(std::string_view head);
  Image (*decode)(std::string_view bytes, Index most_values, const std::string& name);
  std::string (*encode)(const Image& image);
  int largest_bit_depth;  ///< that it can be written with
  bool lossless;
};

/// The format the first bytes tell; null if it is none that is read.
const ImageFormat* image_format_of(std::string_view head);
/// The format a file of that name is written in, by its ending whatever its case; null if none.
/// writable_format() throws ErrorKind::kUsage instead.
const ImageFormat* image_format_for(const std::string& path);
const ImageFormat& writable_format(const std::string& path);
/// "BMP", "GIF", … for images that are not read; else empty.
std::string_view unread_image_kind(std::string_view head);

/// By content, or by a name that promises an image.
bool looks_like_image(const InputFile& input);

/// Throws ErrorKind::kData naming the file: no image, of a kind that is not read, broken, cut
/// short, or of more than `most_values` values.
Image read_image(const InputFile& input, Index most_values);

/// Writes PNG, JPEG or TIFF by the ending, whole or not at all; with 8 bits a value or as many more
/// as image and format both have. Throws ErrorKind::kUsage for another ending.
void write_image(const std::string& path, const Image& image);

}  // namespace hourglass
