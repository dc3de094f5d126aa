#include "report/heat_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace hourglass {
namespace {

using Colour = std::array<double, 3>;
constexpr Colour kRed = {0.85, 0.05, 0.1};
constexpr Colour kYellow = {1, 0.95, 0.2};
constexpr double kBrightestGrey = 0.6;  // so that yellow stands out from white strokes, too
constexpr double kOpaqueFrom = 0.5;     // share of the scale from which nothing shines through

Colour between(const Colour& a, const Colour& b, double share) {
  Colour mixed{};
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = a[i] + share * (b[i] - a[i]);
  return mixed;
}

// Written so that NaN is 0.
double cut(double share) { return share > 0 ? std::min(share, 1.0) : 0; }

double sum(const double* values, Index count) {
  return std::accumulate(values, values + count, 0.0);
}

}  // namespace

Image heat_map(const double* picture, const double* errors, const std::vector<Index>& sample_shape,
               GreyRange grey, ErrorRange range) {
  const Index channels = sample_shape.size() > 2 ? sample_shape[2] : 1;
  Image image;
  image.height = sample_shape[0];
  image.width = sample_shape[1];
  image.channels = 3;
  image.pixels.reserve(static_cast<std::size_t>(image.values()));
  for (Index at = 0; at < image.height * image.width * channels; at += channels) {
    const double mean = sum(picture + at, channels) / static_cast<double>(channels);
    const double brightness = kBrightestGrey * cut((mean - grey.black) / (grey.white - grey.black));
    const double error = cut(std::log(sum(errors + at, channels) / range.clear) /
                             std::log(range.yellow / range.clear));
    const Colour heat = between(kRed, kYellow, error);
    const Colour colour =
        between({brightness, brightness, brightness}, heat, std::min(1.0, error / kOpaqueFrom));
    for (const double part : colour) image.pixels.push_back(static_cast<float>(part));
  }
  return image;
}

double largest_pixel(const double* errors, Index count, Index channels) {
  double largest = 0;
  for (Index at = 0; at < count; at += channels) {
    largest = std::max(largest, sum(errors + at, channels));
  }
  return largest;
}

}  // namespace hourglass
