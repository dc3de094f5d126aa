#include "task/hole_borders.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace hourglass {
namespace {

// Sweeps stop where no pixel moves by more than this share of the largest offset.
constexpr float kSettled = 1e-3F;

struct HolePixel {
  Index at;
  std::array<Index, 4> beside;  // its neighbours in the picture
  Index neighbours;
};

std::vector<HolePixel> pixels_of(const Holes& holes, Index height, Index width) {
  std::vector<HolePixel> pixels;
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width; ++x) {
      const Index at = y * width + x;
      if (holes[static_cast<std::size_t>(at)] == 0) continue;
      HolePixel pixel{at, {}, 0};
      const auto add = [&](bool inside, Index neighbour) {
        if (inside) pixel.beside[static_cast<std::size_t>(pixel.neighbours++)] = neighbour;
      };
      add(y > 0, at - width);
      add(x > 0, at - 1);
      add(x + 1 < width, at + 1);
      add(y + 1 < height, at + width);
      pixels.push_back(pixel);
    }
  }
  return pixels;
}

// The longest run of missing pixels along lines whose pixels lie `step` apart.
Index longest_run(const Holes& holes, Index lines, Index between, Index length, Index step) {
  Index longest = 0;
  for (Index line = 0; line < lines; ++line) {
    Index run = 0;
    for (Index i = 0; i < length; ++i) {
      run = holes[static_cast<std::size_t>(line * between + i * step)] != 0 ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return longest;
}

// Solves for the offsets in holes by successive over-relaxation. `offsets`: of every pixel.
void span(const std::vector<HolePixel>& pixels, Index extent, float settled,
          std::vector<float>& offsets) {
  const auto factor =
      static_cast<float>(2 / (1 + std::sin(std::numbers::pi / static_cast<double>(extent + 1))));
  for (Index sweep = 0; sweep < 8 * extent + 16; ++sweep) {
    float largest = 0;
    for (const HolePixel& pixel : pixels) {
      float sum = 0;
      for (Index i = 0; i < pixel.neighbours; ++i) {
        sum += offsets[static_cast<std::size_t>(pixel.beside[static_cast<std::size_t>(i)])];
      }
      float& offset = offsets[static_cast<std::size_t>(pixel.at)];
      const float step = factor * (sum / static_cast<float>(pixel.neighbours) - offset);
      offset += step;
      largest = std::max(largest, std::abs(step));
    }
    if (!(largest > settled)) return;
  }
}

float largest_magnitude(const std::vector<float>& offsets) {
  float largest = 0;
  for (const float offset : offsets) largest = std::max(largest, std::abs(offset));
  return largest;
}

}  // namespace

void meet_known(const Image& known, const Holes& holes, Image& filled) {
  const std::vector<HolePixel> pixels = pixels_of(holes, known.height, known.width);
  // What is carried on falls off along the narrower side.
  const Index extent = std::min(longest_run(holes, known.height, known.width, known.width, 1),
                                longest_run(holes, known.width, 1, known.height, known.width));
  std::vector<float> offsets(holes.size());
  for (Index channel = 0; channel < known.channels; ++channel) {
    const auto value = [&](std::size_t pixel) {
      return pixel * static_cast<std::size_t>(known.channels) + static_cast<std::size_t>(channel);
    };
    for (std::size_t i = 0; i < holes.size(); ++i) {
      offsets[i] = holes[i] != 0 ? 0 : known.pixels[value(i)] - filled.pixels[value(i)];
    }
    span(pixels, extent, kSettled * std::max(largest_magnitude(offsets), 1e-6F), offsets);
    for (std::size_t i = 0; i < holes.size(); ++i) {
      float& pixel = filled.pixels[value(i)];
      pixel = holes[i] != 0 ? pixel + offsets[i] : known.pixels[value(i)];
    }
  }
}

}  // namespace hourglass
