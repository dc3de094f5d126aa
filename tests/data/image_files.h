#pragma once

#include <string>

#include "data/image.h"

namespace hourglass {

/// Every value another, 8 or 16 bits.
inline Image chequered(Index height, Index width, Index channels, int bit_depth = 8) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  image.bit_depth = bit_depth;
  const Index largest = bit_depth == 8 ? 255 : 65535;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(static_cast<float>(i * 7919 % (largest + 1)) /
                           static_cast<float>(largest));
  }
  return image;
}

/// EXIF data that hold an orientation behind another tag, high byte first.
inline std::string exif_of(int orientation) {
  std::string exif("MM\0*\0\0\0\x08\0\x02", 10);
  exif += std::string(
      "\x01\x0f\0\x02\0\0\0\x04"
      "abc\0",
      12);
  exif += std::string("\x01\x12\0\x03\0\0\0\x01\0", 9) + static_cast<char>(orientation);
  return exif + std::string(6, '\0');
}

/// A JPEG with such data put behind its first two bytes.
inline std::string with_exif(const std::string& jpeg, const std::string& exif) {
  const std::size_t length = 8 + exif.size();
  std::string segment = "\xff\xe1";
  segment += {static_cast<char>(length >> 8), static_cast<char>(length)};
  segment += std::string("Exif\0\0", 6) + exif;
  return jpeg.substr(0, 2) + segment + jpeg.substr(2);
}

}  // namespace hourglass
