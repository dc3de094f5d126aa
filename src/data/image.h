#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// A picture in memory.
struct Image {
  Index height = 0;
  Index width = 0;
  Index channels = 1;  ///< 1 (grey) or 3 (red, green, blue)
  int bit_depth = 8;   ///< of a value in the file: 8 or 16, or 32 for floating point
  bool had_more_pages =
      false;  ///< the file held more than this, its first page or the first of an animation
  bool is_turned = false;  ///< to be turned or mirrored for showing, by the file's own word
  /// height × width × channels. In [0, 1], value / 255 or / 65535; with 32 bits any number.
  std::vector<float> pixels;
  /// height × width opacities in the same unit; empty: the file holds none.
  std::vector<float> alpha;
  bool premultiplied = false;  ///< pixels are what opacity leaves of them

  Index values() const { return height * width * channels; }
};

/// Throws ErrorKind::kData naming `name` if the sides a file claims are 0, above 1,000,000 or make
/// more than `most_values` values. To be asked before memory is taken for them.
void check_image_size(std::uint64_t height, std::uint64_t width, std::uint64_t channels,
                      Index most_values, const std::string& name);

/// Whole numbers of 8 or 16 bits, in this machine's byte order, for the pixels: clamped to [0, 1]
/// and rounded; NaN becomes 0.
std::vector<std::byte> levels_of_pixels(const float* pixels, Index count, int bit_depth);

/// The way back: level / 255 or level / 65535.
void pixels_of_levels(const std::byte* levels, Index count, int bit_depth, float* pixels);

/// All there is to each pixel: its colours and, if the image has any, its opacity behind them. In
/// `room` unless they lie in the image like that.
std::span<const float> numbers_of_pixels(const Image& image, std::vector<float>& room);

/// The way back from levels of them, into an image of their size: `has_alpha` if there are
/// opacities.
void take_levels(const std::byte* levels, bool has_alpha, Image& image);

/// The brightness of pixels of red, green and blue (ITU-R BT.601): count × 3 → count.
void luminance_of(const float* colours, Index count, float* grey);

}  // namespace hourglass
