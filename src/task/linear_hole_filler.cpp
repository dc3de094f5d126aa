#include "task/linear_hole_filler.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace hourglass {
namespace {

// The numbers of a sample: the `part`-th `channels` of every pixel.
std::vector<float> sample_of(const Image& image, Index channels, Index part) {
  std::vector<float> sample;
  const Index pixels = image.height * image.width;
  sample.reserve(static_cast<std::size_t>(pixels * channels));
  for (Index pixel = 0; pixel < pixels; ++pixel) {
    const float* const from = image.pixels.data() + pixel * image.channels + part * channels;
    sample.insert(sample.end(), from, from + channels);
  }
  return sample;
}

void put_back(const std::vector<float>& sample, Index channels, Index part, Image& image) {
  const float* from = sample.data();
  for (Index pixel = 0; pixel < image.height * image.width; ++pixel, from += channels) {
    std::copy_n(from, channels, image.pixels.data() + pixel * image.channels + part * channels);
  }
}

// Positions of a sample's numbers that are missing.
std::vector<Index> missing_of(const Holes& holes, Index channels) {
  std::vector<Index> missing;
  for (std::size_t pixel = 0; pixel < holes.size(); ++pixel) {
    for (Index c = 0; holes[pixel] != 0 && c < channels; ++c) {
      missing.push_back(static_cast<Index>(pixel) * channels + c);
    }
  }
  return missing;
}

}  // namespace

LinearHoleFiller::LinearHoleFiller(const GaussianEstimate& estimate, Holes holes)
    : holes_(std::move(holes)),
      channels_(estimate.features() / std::ssize(holes_)),
      mean_(estimate, missing_of(holes_, channels_)) {
  HOURGLASS_CHECK(channels_ * std::ssize(holes_) == estimate.features());
}

bool LinearHoleFiller::takes(const Image& image) const {
  return image.height * image.width == std::ssize(holes_) &&
         (channels_ == 1 || channels_ == image.channels);
}

bool LinearHoleFiller::fill(Image& image) const {
  HOURGLASS_CHECK(takes(image));
  for (Index part = 0; part * channels_ < image.channels; ++part) {
    std::vector<float> sample = sample_of(image, channels_, part);
    if (!mean_.put_into(sample.data())) return false;
    put_back(sample, channels_, part, image);
  }
  return true;
}

}  // namespace hourglass
