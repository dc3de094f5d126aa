#include "task/picture_cleaning.h"

#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {
namespace {

void clean_each_channel(Image& image, PictureDenoiser& denoiser,
                        const std::function<void(double)>& progress) {
  for (Index channel = 0; channel < image.channels; ++channel) {
    std::function<void(double)> of_all;
    if (progress) {
      of_all = [&, channel](double share) {
        progress((static_cast<double>(channel) + share) / static_cast<double>(image.channels));
      };
    }
    denoiser.denoise({image.pixels.data() + channel, image.height, image.width, 1, image.channels},
                     of_all);
  }
}

// What the brightness changes by, all three colours change by: their differences, the hue, stay.
void clean_luminance(Image& image, PictureDenoiser& denoiser,
                     const std::function<void(double)>& progress) {
  const Index count = image.height * image.width;
  std::vector<float> noisy(static_cast<std::size_t>(count));
  luminance_of(image.pixels.data(), count, noisy.data());
  std::vector<float> clean = noisy;
  denoiser.denoise({clean.data(), image.height, image.width, 1, 1}, progress);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] += clean[i / 3] - noisy[i / 3];
  }
}

}  // namespace

void clean_image(Image& image, const std::string& name, ColourBy colour, PictureDenoiser& denoiser,
                 const std::function<void(double)>& progress) {
  if (denoiser.channels() > image.channels) {
    data_error(fmt::format(
        "{} is grey and the model was trained on pictures in colour: train one on grey pictures, "
        "or convert it to colour",
        name));
  }
  const Index channels = denoiser.channels();
  if (channels == image.channels) {
    denoiser.denoise({image.pixels.data(), image.height, image.width, channels, channels},
                     progress);
  } else if (colour == ColourBy::kLuminance) {
    clean_luminance(image, denoiser, progress);
  } else {
    clean_each_channel(image, denoiser, progress);
  }
}

}  // namespace hourglass
