#include "data/exif.h"

#include <cstddef>
#include <cstdint>

namespace hourglass {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kStartOfScan = 0xffda;
constexpr std::uint32_t kExifMarker = 0xffe1;  // "APP1"; other things are kept there, too
constexpr std::string_view kExifHead = "Exif\0\0"sv;
constexpr std::uint32_t kOrientationTag = 0x0112;

// Whole numbers of up to 4 bytes at places that are read from the bytes themselves: past the end
// are zeros.
class Numbers {
 public:
  Numbers(std::string_view bytes, bool low_byte_first)
      : bytes_(bytes), low_byte_first_(low_byte_first) {}

  std::uint32_t at(std::size_t place, std::size_t size) const {
    if (place > bytes_.size() || size > bytes_.size() - place) return 0;
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t next = place + (low_byte_first_ ? size - 1 - i : i);
      number = number << 8 | static_cast<unsigned char>(bytes_[next]);
    }
    return number;
  }

 private:
  std::string_view bytes_;
  bool low_byte_first_;
};

// EXIF data are a TIFF file without a picture: where its directory lies, then in it the number of
// its entries and for each a tag (2 bytes), a type, a count and, from byte 8, a short value.
int orientation_in(std::string_view exif) {
  const Numbers numbers(exif, exif.starts_with("II"));
  const std::size_t directory = numbers.at(4, 4);
  const std::size_t entries = numbers.at(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + 12 * i;
    if (numbers.at(entry, 2) != kOrientationTag) continue;
    const std::uint32_t orientation = numbers.at(entry + 8, 2);
    return orientation >= 1 && orientation <= 8 ? static_cast<int>(orientation) : 1;
  }
  return 1;
}

}  // namespace

int jpeg_orientation(std::string_view bytes) {
  const Numbers numbers(bytes, false);
  // Behind the 2 bytes a JPEG begins with: markers, each followed by the length of what is in it
  // and of the length itself.
  std::size_t place = 2;
  while (true) {
    const std::uint32_t marker = numbers.at(place, 2);
    const std::size_t length = numbers.at(place + 2, 2);
    if (marker <= 0xff00 || marker == kStartOfScan || length < 2) return 1;
    if (marker == kExifMarker) {
      const std::string_view content = bytes.substr(place + 4, length - 2);
      if (content.starts_with(kExifHead)) return orientation_in(content.substr(kExifHead.size()));
    }
    place += 2 + length;
  }
}

}  // namespace hourglass
