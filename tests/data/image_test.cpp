#include <cmath>
#include <limits>
#include <zlib.h>

#include "data/image_file.h"
#include "data/image_jpeg.h"
#include "data/image_png.h"
#include "data/image_tiff.h"
#include "image_files.h"
#include "reader_files.h"

namespace hourglass {
namespace {

using ImageTest = ReaderTest;

constexpr Index kPlenty = Index{1} << 28;  // values; as many as 16,384 × 16,384 in grey

Image shipped(const std::string& name) { return read_image(InputFile(file_of(name)), kPlenty); }

// What readers/make_images.py put in at 8 bits.
int level_at(Index row, Index column, Index channel) {
  return static_cast<int>((40 * row + 5 * column + 70 * channel) % 256);
}

// The largest difference, in 8-bit levels, from what make_images.py put in, cut to `bits` bits.
double largest_difference(const Image& image, int bits = 8) {
  double largest = 0;
  for (Index i = 0; i < image.values(); ++i) {
    const Index pixel = i / image.channels;
    const int level =
        level_at(pixel / image.width, pixel % image.width, i % image.channels) >> (8 - bits);
    const double wanted = 255.0 * level / ((1 << bits) - 1);
    const double found = 255.0 * static_cast<double>(image.pixels[static_cast<std::size_t>(i)]);
    largest = std::max(largest, std::abs(found - wanted));
  }
  return largest;
}

struct Case {
  const char* name;
  Index channels;
  int bit_depth;
  bool has_alpha = false;
  double off_by = 1e-4;  // in 8-bit levels
  int bits = 8;
};

TEST_F(ImageTest, ReadsWhatOthersWrote) {
  for (const Case& c : {Case{"grey1.png", 1, 8, false, 1e-4, 1},
                        Case{"grey2.png", 1, 8, false, 1e-4, 2},
                        Case{"grey4.png", 1, 8, false, 1e-4, 4},
                        Case{"grey8.png", 1, 8},
                        Case{"grey16.png", 1, 16},
                        Case{"grey8_clear.png", 1, 8, true},
                        Case{"grey_alpha8.png", 1, 8, true},
                        Case{"rgb8.png", 3, 8},
                        Case{"rgb16.png", 3, 16},
                        Case{"rgba8.png", 3, 8, true},
                        Case{"interlaced.png", 3, 8},
                        Case{"grey.jpg", 1, 8, false, 2},
                        Case{"rgb.jpg", 3, 8, false, 14},
                        Case{"progressive.jpg", 3, 8, false, 14},
                        Case{"grey8.tif", 1, 8},
                        Case{"white_is_zero.tif", 1, 8},
                        Case{"grey16_big.tif", 1, 16},
                        Case{"packbits16.tif", 1, 16},
                        Case{"rgb8.tif", 3, 8},
                        Case{"rgba8.tif", 3, 8, true},
                        Case{"tiled_lzw.tif", 3, 8},
                        Case{"planes_zip.tif", 3, 8}}) {
    SCOPED_TRACE(c.name);
    const Image image = shipped(c.name);
    EXPECT_EQ(image.height, 5);
    EXPECT_EQ(image.width, 7);
    ASSERT_EQ(image.channels, c.channels);
    EXPECT_EQ(image.bit_depth, c.bit_depth);
    EXPECT_EQ(!image.alpha.empty(), c.has_alpha);
    EXPECT_FALSE(image.had_more_pages);
    EXPECT_LT(largest_difference(image, c.bits), c.off_by);
  }
}

TEST_F(ImageTest, ReadsPalettesAsColours) {
  for (const bool clear : {false, true}) {
    const Image image = shipped(clear ? "palette8_clear.png" : "palette8.png");
    ASSERT_EQ(image.channels, 3);
    EXPECT_EQ(!image.alpha.empty(), clear);
    for (Index i = 0; i < image.values(); ++i) {
      const Index pixel = i / 3;
      EXPECT_EQ(std::lround(255 * image.pixels[static_cast<std::size_t>(i)]),
                level_at(pixel / 7, pixel % 7, 0));
    }
  }
}

TEST_F(ImageTest, ReadsJpegInTiffAsRgb) {
  const Image image = shipped("jpeg.tif");
  ASSERT_EQ(image.channels, 3);
  for (Index i = 0; i < image.values(); ++i) {
    const auto wanted = static_cast<double>(level_at(i / 3 / 7, i / 3 % 7, 0) / 2 + 30 * (i % 3));
    EXPECT_NEAR(255.0 * static_cast<double>(image.pixels[static_cast<std::size_t>(i)]), wanted, 6);
  }
}

TEST_F(ImageTest, ReadsFloatsAsTheyAre) {
  const Image image = shipped("float.tif");
  EXPECT_EQ(image.bit_depth, 32);
  EXPECT_EQ(image.pixels[0], -100);
  EXPECT_EQ(image.pixels[34], static_cast<float>(level_at(4, 6, 0) - 100));
}

TEST_F(ImageTest, SeesThatMorePagesFollow) { EXPECT_TRUE(shipped("two_pages.tif").had_more_pages); }

TEST_F(ImageTest, SeesThatAPngIsTheFirstOfAnAnimation) {
  const InputFile file(file_of("rgb8.png"));
  std::string bytes(file.head());                      // the whole of so small a file
  const std::string body("acTL\0\0\0\2\0\0\0\0", 12);  // of two, over and over
  const uLong crc = crc32(0, reinterpret_cast<const Bytef*>(body.data()), 12);
  std::string chunk = std::string("\0\0\0\x08", 4) + body;
  for (const int shift : {24, 16, 8, 0}) chunk += static_cast<char>(crc >> shift & 0xff);
  bytes.insert(33, chunk);  // behind the signature and IHDR
  const Image image = decode_png(bytes, kPlenty, "x.png");
  EXPECT_TRUE(image.had_more_pages);
  EXPECT_EQ(image.pixels, shipped("rgb8.png").pixels);
  EXPECT_FALSE(shipped("rgb8.png").had_more_pages);
}

TEST_F(ImageTest, WritesWhatItReads) {
  for (const char* ending : {".png", ".tif"}) {
    for (const Index channels : {1, 3}) {
      for (const int bit_depth : {8, 16}) {
        for (const bool opaque : {true, false}) {
          Image image = chequered(9, 11, channels, bit_depth);
          if (!opaque) image.alpha = chequered(11, 9, 1, bit_depth).pixels;
          const std::string file = path(std::string("image") + ending);
          write_image(file, image);
          const Image again = read_image(InputFile(file), kPlenty);
          EXPECT_EQ(again.bit_depth, bit_depth);
          EXPECT_EQ(again.channels, channels);
          EXPECT_EQ(again.pixels, image.pixels) << ending << " " << channels << " " << bit_depth;
          EXPECT_EQ(again.alpha, image.alpha);
        }
      }
    }
  }
}

TEST_F(ImageTest, KeepsOpacitiesOfFloatsAndWhatTheyMean) {
  for (const bool premultiplied : {false, true}) {
    Image image = chequered(4, 3, 3, 32);
    image.alpha = chequered(3, 4, 1).pixels;
    image.premultiplied = premultiplied;
    write_image(path("image.tif"), image);
    const Image again = read_image(InputFile(path("image.tif")), kPlenty);
    EXPECT_EQ(again.pixels, image.pixels);
    EXPECT_EQ(again.alpha, image.alpha);
    EXPECT_EQ(again.premultiplied, premultiplied);
  }
}

TEST_F(ImageTest, ReadsOpacities) {
  for (const char* name : {"rgba8.png", "rgba8.tif", "grey_alpha8.png"}) {
    const Image image = shipped(name);
    ASSERT_EQ(image.alpha.size(), 35U);
    const auto [least, most] = std::minmax_element(image.alpha.begin(), image.alpha.end());
    EXPECT_GE(*least, 0);
    EXPECT_LE(*most, 1);
  }
  // One colour of the palette, and one grey, are said to be clear.
  for (const char* name : {"palette8_clear.png", "grey8_clear.png"}) {
    const Image image = shipped(name);
    ASSERT_EQ(image.alpha.size(), 35U);
    for (const float opacity : image.alpha) EXPECT_TRUE(opacity == 0 || opacity == 1) << opacity;
    EXPECT_EQ(*std::max_element(image.alpha.begin(), image.alpha.end()), 1);
  }
}

TEST_F(ImageTest, WritesJpegCloseToWhatItWas) {
  Image image = chequered(16, 16, 3);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<float>(i / 3) / 255.0f;  // a ramp: what JPEG is for
  }
  write_image(path("image.jpeg"), image);
  const Image again = read_image(InputFile(path("image.jpeg")), kPlenty);
  ASSERT_EQ(again.pixels.size(), image.pixels.size());
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    EXPECT_NEAR(again.pixels[i], image.pixels[i], 0.04);
  }
}

TEST_F(ImageTest, ClampsAndRoundsWhatItWrites) {
  Image image;
  image.height = 1;
  image.width = 5;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  image.pixels = {-1, 2, nan, 0.5f, 0.4999f / 255};
  write_image(path("image.png"), image);
  const std::vector<float> wanted = {0, 1, 0, 128 / 255.0f, 0};
  EXPECT_EQ(read_image(InputFile(path("image.png")), kPlenty).pixels, wanted);

  image.bit_depth = 32;
  image.pixels[2] = -7;
  write_image(path("image.tif"), image);
  EXPECT_EQ(read_image(InputFile(path("image.tif")), kPlenty).pixels, image.pixels);
}

TEST_F(ImageTest, RefusesToWriteAnotherEnding) {
  expect_error(ErrorKind::kUsage, [&] { write_image(path("image.bmp"), chequered(2, 2, 1)); },
               {"image.bmp", ".png"});
  EXPECT_FALSE(std::filesystem::exists(path("image.bmp")));
}

// A picture half of which is grey would be learned like any other.
TEST_F(ImageTest, RefusesEveryTruncation) {
  for (const char* name :
       {"rgb8.png", "interlaced.png", "palette8.png", "rgb.jpg", "progressive.jpg", "grey8.tif",
        "tiled_lzw.tif", "planes_zip.tif", "packbits16.tif", "jpeg.tif"}) {
    const std::string whole = bytes_of(file_of(name));
    const ImageFormat* format = image_format_of(whole);
    ASSERT_NE(format, nullptr);
    const Image image = format->decode(whole, kPlenty, name);
    for (std::size_t length = 8; length < whole.size(); ++length) {
      const std::string_view cut = std::string_view(whole).substr(0, length);
      try {
        // TIFF has no end of its own: what follows the picture may be missing.
        EXPECT_EQ(format->decode(cut, kPlenty, "cut").pixels, image.pixels)
            << name << " at " << length;
        EXPECT_EQ(format->name, "TIFF") << name << " at " << length;
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kData);
        EXPECT_TRUE(std::string_view(error.what()).starts_with("cut ")) << error.what();
      }
    }
  }
}

std::string with_big_endian(std::string bytes, std::size_t at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (24 - 8 * i));
  return bytes;
}

// A PNG whose header claims these sides, with a right checksum.
std::string png_claiming(std::uint32_t width, std::uint32_t height) {
  std::string bytes = with_big_endian(bytes_of(file_of("grey8.png")), 16, width);
  bytes = with_big_endian(bytes, 20, height);
  const auto crc =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()) + 12, 17));
  return with_big_endian(bytes, 29, crc);
}

TEST_F(ImageTest, RefusesSizesBeforeTakingMemory) {
  for (const std::string& bytes :
       {png_claiming(1'000'001, 1), png_claiming(1, 1'000'001),
        png_claiming(0x7fffffff, 0x7fffffff), png_claiming(1'000'000, 1'000'000)}) {
    expect_error(ErrorKind::kData, [&] { decode_png(bytes, kPlenty, "x.png"); }, {"x.png"});
  }
  // Within the limit, but no file that short can hold it.
  expect_error(ErrorKind::kData,
               [&] { decode_png(png_claiming(16'000, 16'000), kPlenty, "x.png"); },
               {"x.png", "cannot hold"});
  expect_error(ErrorKind::kData,
               [&] { decode_png(bytes_of(file_of("rgb8.png")), 5 * 7 * 3 - 1, "x.png"); },
               {"x.png", "5 pixels high and 7 wide", "104"});
  expect_error(ErrorKind::kData,
               [&] { decode_jpeg(bytes_of(file_of("rgb.jpg")), 5 * 7 * 3 - 1, "x.jpg"); },
               {"x.jpg", "104"});
  expect_error(ErrorKind::kData,
               [&] { decode_tiff(bytes_of(file_of("rgb8.tif")), 5 * 7 * 3 - 1, "x.tif"); },
               {"x.tif", "104"});
}

// The first entry of a little-endian TIFF's directory with this tag gets another value.
std::string with_tag(std::string bytes, std::uint16_t tag, std::uint32_t value) {
  std::uint32_t at;
  std::memcpy(&at, bytes.data() + 4, 4);
  std::uint16_t count;
  std::memcpy(&count, bytes.data() + at, 2);
  for (std::size_t i = 0; i < count; ++i) {
    char* entry = bytes.data() + at + 2 + 12 * i;
    if (std::memcmp(entry, &tag, 2) == 0) std::memcpy(entry + 8, &value, 4);
  }
  return bytes;
}

TEST_F(ImageTest, RefusesTiffsOfOtherKinds) {
  const std::string grey = bytes_of(file_of("grey8.tif"));
  const auto refused = [](const std::string& bytes, std::string_view says) {
    expect_error(ErrorKind::kData, [&] { decode_tiff(bytes, kPlenty, "x.tif"); }, {"x.tif", says});
  };
  refused(with_tag(grey, 256, 0x40000000), "make it smaller");
  refused(with_tag(grey, 257, 0x40000000), "StripOffsets");
  refused(with_tag(grey, 258, 12), "12 bits");
  refused(with_tag(grey, 259, 4), "compressed");
  refused(with_tag(grey, 262, 5), "neither grey nor RGB");
  refused(with_tag(grey, 273, 4000), "whole TIFF");
  refused(with_tag(grey, 339, 2), "signed");
}

TEST_F(ImageTest, SeesThatATiffLiesTurned) {
  const Image image = chequered(3, 4, 1);
  const std::string upright = encode_tiff(image);
  EXPECT_FALSE(decode_tiff(upright, kPlenty, "x.tif").is_turned);
  EXPECT_FALSE(shipped("grey8.tif").is_turned);  // has no such tag
  for (const std::uint32_t orientation : {2U, 6U, 8U}) {
    const Image turned = decode_tiff(with_tag(upright, 274, orientation), kPlenty, "x.tif");
    EXPECT_TRUE(turned.is_turned);
    EXPECT_EQ(turned.pixels, image.pixels);
  }
}

TEST_F(ImageTest, RefusesTheColoursOfPrint) {
  // Start of a JPEG with four components; that is seen before any of the picture.
  const std::string bytes(
      "\xff\xd8\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11"
      "\x00\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00",
      40);
  expect_error(ErrorKind::kData, [&] { decode_jpeg(bytes, kPlenty, "x.jpg"); },
               {"x.jpg", "CMYK", "RGB"});
}

// A scan of a progressive JPEG of one block and nothing in it: of the coefficient `at`, its bits
// from `bit` up, those above `bit` + 1 known already unless it is the highest. One zero bit says
// "no difference" as well as "nothing more in this block".
std::string empty_scan(int at, int bit, int highest) {
  const int known = bit == highest ? 0 : bit + 1;
  std::string scan("\xff\xda\0\x08\x01\x01\0", 7);
  for (const int byte : {at, at, known << 4 | bit, 0x7f}) scan += static_cast<char>(byte);
  return scan;
}

// 8 × 8 pixels in middle grey, in that many scans: the first coefficient in one, each other in up
// to 14, a bit at a time.
std::string progressive_in(int scans) {
  std::string bytes("\xff\xd8\xff\xdb\0\x43\0", 7);
  bytes += std::string(64, '\x01');
  bytes += std::string("\xff\xc2\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0", 13);
  for (const char table : {'\0', '\x10'}) {  // of one code, a bit long, for the symbol 0
    bytes += std::string("\xff\xc4\0\x14", 4) + table + '\x01' + std::string(16, '\0');
  }
  bytes += empty_scan(0, 0, 0);
  for (int i = 0; i < scans - 1; ++i) bytes += empty_scan(1 + i / 14, 13 - i % 14, 13);
  return bytes + "\xff\xd9";
}

// A few bytes would make libjpeg go over a large picture hundreds of times.
TEST_F(ImageTest, RefusesMoreScansThanAPictureNeeds) {
  for (const int scans : {1, 10, 200}) {
    const Image image = decode_jpeg(progressive_in(scans), kPlenty, "x.jpg");
    EXPECT_EQ(image.pixels, std::vector<float>(64, 128 / 255.0f)) << scans;
  }
  for (const int scans : {201, 202, 800}) {
    expect_error(ErrorKind::kData, [&] { decode_jpeg(progressive_in(scans), kPlenty, "x.jpg"); },
                 {"x.jpg", "more scans"});
  }
}

TEST_F(ImageTest, NamesKindsItDoesNotRead) {
  const auto read = [&](const std::string& name, std::string_view bytes) {
    read_image(InputFile(write(name, bytes)), kPlenty);
  };
  expect_error(ErrorKind::kData,
               [&] { read("a.png", std::string_view("BM\x36\0\0\0\0\0\0\0\x36\0\0\0", 14)); },
               {"a.png", "BMP", "convert it to PNG"});
  expect_error(ErrorKind::kData, [&] { read("b.jpg", "<html>not found</html>"); },
               {"b.jpg", "not a PNG, JPEG or TIFF"});
}

}  // namespace
}  // namespace hourglass
