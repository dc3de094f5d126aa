#include "data/exif.h"

#include <gtest/gtest.h>

#include "data/image_jpeg.h"
#include "image_files.h"

namespace hourglass {
namespace {

std::string plain_jpeg() { return encode_jpeg(chequered(3, 4, 1)); }

// The same low byte first.
std::string little_endian_exif_of(int orientation) {
  std::string exif("II*\0\x08\0\0\0\x01\0", 10);
  exif += std::string("\x12\x01\x03\0\x01\0\0\0", 8) + static_cast<char>(orientation);
  return exif + std::string(7, '\0');
}

TEST(Exif, TellsHowAPictureLies) {
  EXPECT_EQ(jpeg_orientation(plain_jpeg()), 1);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(jpeg_orientation(with_exif(plain_jpeg(), exif_of(orientation))), orientation);
    EXPECT_EQ(jpeg_orientation(with_exif(plain_jpeg(), little_endian_exif_of(orientation))),
              orientation);
  }
}

TEST(Exif, LooksPastWhatElseStandsThere) {
  // Behind JFIF's segment, as in most files, and behind an APP1 of another kind.
  const std::string jpeg = plain_jpeg();
  const std::string turned = with_exif("\xff\xd8", exif_of(6)).substr(2);
  EXPECT_EQ(jpeg_orientation(jpeg.substr(0, 20) + turned + jpeg.substr(20)), 6);
  const std::string other("\xff\xe1\0\x07http:", 9);
  EXPECT_EQ(jpeg_orientation("\xff\xd8" + other + turned + jpeg.substr(2)), 6);
  // Not in the picture itself.
  EXPECT_EQ(jpeg_orientation(jpeg + turned), 1);
}

TEST(Exif, WhatMakesNoSenseIsUpright) {
  for (const int orientation : {0, 9, 255}) {
    EXPECT_EQ(jpeg_orientation(with_exif(plain_jpeg(), exif_of(orientation))), 1);
  }
  std::string far = exif_of(6);
  far.replace(4, 4, "\xff\xff\xff\xff");  // where its directory lies
  EXPECT_EQ(jpeg_orientation(with_exif(plain_jpeg(), far)), 1);
}

TEST(Exif, AnyTruncationIsReadSafely) {
  for (const std::string& exif : {exif_of(6), little_endian_exif_of(6)}) {
    const std::string whole = with_exif(plain_jpeg(), exif);
    const std::size_t told_at = whole.find(exif) + exif.size() - 6;
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      // From a buffer of just that length, so that sanitizers see a step too far.
      const std::vector<char> cut(whole.begin(),
                                  whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(jpeg_orientation({cut.data(), cut.size()}), length < told_at ? 1 : 6) << length;
    }
  }
}

}  // namespace
}  // namespace hourglass
