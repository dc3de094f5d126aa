#include "data/image.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>

#include "base/checked.h"
#include "base/error.h"

namespace hourglass {
namespace {

constexpr std::uint64_t kLongestSide = 1'000'000;

template <class Level>
void write_levels(const float* pixels, Index count, float largest, std::byte* out) {
  for (Index i = 0; i < count; ++i) {
    // Written so that NaN is 0.
    const float share = pixels[i] > 0 ? std::min(pixels[i], 1.0f) : 0.0f;
    const auto level = static_cast<Level>(std::lround(share * largest));
    std::memcpy(out + static_cast<std::size_t>(i) * sizeof(Level), &level, sizeof(Level));
  }
}

template <class Level>
void read_levels(const std::byte* levels, Index count, float largest, float* pixels) {
  for (Index i = 0; i < count; ++i) {
    Level level;
    std::memcpy(&level, levels + static_cast<std::size_t>(i) * sizeof(Level), sizeof(Level));
    pixels[i] = static_cast<float>(level) / largest;
  }
}

}  // namespace

void check_image_size(std::uint64_t height, std::uint64_t width, std::uint64_t channels,
                      Index most_values, const std::string& name) {
  if (height == 0 || width == 0) data_error(fmt::format("{} is an image of no pixels", name));
  const auto pixels = checked_multiply(height, width);
  const auto values = pixels ? checked_multiply(*pixels, channels) : std::nullopt;
  if (height > kLongestSide || width > kLongestSide || !values ||
      *values > static_cast<std::uint64_t>(most_values)) {
    data_error(
        fmt::format("{} claims to be {} pixels high and {} wide, {} numbers each: at most "
                    "{} numbers are taken; make it smaller or cut it up",
                    name, height, width, channels, most_values));
  }
}

std::vector<std::byte> levels_of_pixels(const float* pixels, Index count, int bit_depth) {
  HOURGLASS_CHECK(bit_depth == 8 || bit_depth == 16);
  std::vector<std::byte> levels(static_cast<std::size_t>(count * bit_depth / 8));
  if (bit_depth == 8) {
    write_levels<std::uint8_t>(pixels, count, 255, levels.data());
  } else {
    write_levels<std::uint16_t>(pixels, count, 65535, levels.data());
  }
  return levels;
}

void pixels_of_levels(const std::byte* levels, Index count, int bit_depth, float* pixels) {
  HOURGLASS_CHECK(bit_depth == 8 || bit_depth == 16);
  if (bit_depth == 8) return read_levels<std::uint8_t>(levels, count, 255, pixels);
  read_levels<std::uint16_t>(levels, count, 65535, pixels);
}

std::span<const float> numbers_of_pixels(const Image& image, std::vector<float>& room) {
  if (image.alpha.empty()) return image.pixels;
  room.clear();
  room.reserve(image.pixels.size() + image.alpha.size());
  const float* pixel = image.pixels.data();
  for (const float opacity : image.alpha) {
    room.insert(room.end(), pixel, pixel + image.channels);
    room.push_back(opacity);
    pixel += image.channels;
  }
  return room;
}

void take_levels(const std::byte* levels, bool has_alpha, Image& image) {
  image.pixels.resize(static_cast<std::size_t>(image.values()));
  if (!has_alpha) {
    pixels_of_levels(levels, image.values(), image.bit_depth, image.pixels.data());
    return;
  }
  const Index bytes = image.bit_depth / 8;
  image.alpha.resize(static_cast<std::size_t>(image.height * image.width));
  float* pixel = image.pixels.data();
  for (float& opacity : image.alpha) {
    pixels_of_levels(levels, image.channels, image.bit_depth, pixel);
    pixels_of_levels(levels + image.channels * bytes, 1, image.bit_depth, &opacity);
    levels += (image.channels + 1) * bytes;
    pixel += image.channels;
  }
}

void luminance_of(const float* colours, Index count, float* grey) {
  for (Index i = 0; i < count; ++i, colours += 3) {
    grey[i] = 0.299F * colours[0] + 0.587F * colours[1] + 0.114F * colours[2];
  }
}

}  // namespace hourglass
