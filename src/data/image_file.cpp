#include "data/image_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "data/image_jpeg.h"
#include "data/image_png.h"
#include "data/image_tiff.h"

namespace hourglass {
namespace {

using namespace std::string_view_literals;

// Packed images larger than this hold more than is taken of any.
constexpr std::size_t kMostFileBytes = std::size_t{1} << 30;
constexpr std::uint64_t kReadAtOnce = std::uint64_t{1} << 20;

constexpr std::array kFormats = {
    ImageFormat{"PNG", {".png", ".png"}, looks_like_png, decode_png, encode_png, 16, true},
    ImageFormat{"JPEG", {".jpg", ".jpeg"}, looks_like_jpeg, decode_jpeg, encode_jpeg, 8, false},
    ImageFormat{"TIFF", {".tif", ".tiff"}, looks_like_tiff, decode_tiff, encode_tiff, 32, true},
};

// Known, so that they can be called by name when they are refused.
struct UnreadKind {
  std::string_view name;
  std::size_t at;
  std::string_view magic;
};
constexpr std::array kUnreadKinds = {
    UnreadKind{"BMP", 6, "\0\0\0\0"sv},  // after "BM" and a size; see unread_image_kind()
    UnreadKind{"GIF", 0, "GIF87a"sv},    UnreadKind{"GIF", 0, "GIF89a"sv},
    UnreadKind{"WebP", 8, "WEBPVP8"sv},  UnreadKind{"JPEG 2000", 0, "\0\0\0\x0cjP  "sv},
    UnreadKind{"HEIC", 4, "ftypheic"sv}, UnreadKind{"AVIF", 4, "ftypavif"sv},
};

std::string lower_ending(const std::string& path) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

const ImageFormat* format_of_ending(std::string_view ending) {
  const auto* found = std::ranges::find_if(kFormats, [&](const ImageFormat& format) {
    return std::ranges::find(format.endings, ending) != format.endings.end();
  });
  return found == kFormats.end() ? nullptr : found;
}

std::string all_bytes(const InputFile& input) {
  const std::unique_ptr<ByteSource> source = input.open();
  // One byte more than the file, so that one reading of most finds its end.
  const std::size_t step = static_cast<std::size_t>(std::min(input.size() + 1, kReadAtOnce));
  std::string bytes;
  std::size_t got = step;
  while (got == step) {
    const std::size_t before = bytes.size();
    bytes.resize(before + step);
    got = source->read(bytes.data() + before, step);
    bytes.resize(before + got);
    if (bytes.size() > kMostFileBytes) {
      data_error(fmt::format("{} has more than {} MB, which is more than is taken of an image",
                             input.path(), kMostFileBytes >> 20));
    }
  }
  return bytes;
}

}  // namespace

const ImageFormat* image_format_of(std::string_view head) {
  const auto* found = std::ranges::find_if(
      kFormats, [&](const ImageFormat& format) { return format.matches(head); });
  return found == kFormats.end() ? nullptr : found;
}

const ImageFormat* image_format_for(const std::string& path) {
  return format_of_ending(lower_ending(path));
}

std::string_view unread_image_kind(std::string_view head) {
  for (const UnreadKind& kind : kUnreadKinds) {
    const bool there = head.size() > kind.at && head.substr(kind.at).starts_with(kind.magic);
    // Tables, too, may begin with "BM" or have zeros there, but not both.
    if (there && (kind.name != "BMP" || head.starts_with("BM"))) return kind.name;
  }
  return {};
}

bool looks_like_image(const InputFile& input) {
  return image_format_of(input.head()) != nullptr || !unread_image_kind(input.head()).empty() ||
         format_of_ending(input.ending()) != nullptr;
}

Image read_image(const InputFile& input, Index most_values) {
  const ImageFormat* format = image_format_of(input.head());
  if (format != nullptr) return format->decode(all_bytes(input), most_values, input.path());
  const std::string_view kind = unread_image_kind(input.head());
  if (!kind.empty()) {
    data_error(
        fmt::format("{} is a {} image, which is not read: convert it to PNG", input.path(), kind));
  }
  data_error(
      fmt::format("{} is not a PNG, JPEG or TIFF image, whatever its name says; get or make "
                  "the file anew",
                  input.path()));
}

const ImageFormat& writable_format(const std::string& path) {
  const ImageFormat* format = image_format_for(path);
  if (format == nullptr) {
    usage_error(
        fmt::format("cannot tell the image format to write from {}; end it in .png, .jpg "
                    "or .tif",
                    path));
  }
  return *format;
}

void write_image(const std::string& path, const Image& image) {
  write_file(path, writable_format(path).encode(image));
}

}  // namespace hourglass
