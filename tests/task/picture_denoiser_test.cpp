#include "task/picture_denoiser.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"
#include "data/image.h"
#include "data/picture_patches.h"
#include "hourglass/error.h"
#include "model/settings.h"
#include "task/picture_cleaning.h"

namespace hourglass {
namespace {

// Numbers that make something of every place, which is all that tiles need.
void fill_with_random_numbers(Network<float>& network) {
  std::vector<NamedTensor> tensors = network.tensors();
  RandomStream stream(3, RandomPurpose::kSample);
  for (NamedTensor& tensor : tensors) {
    for (float& value : tensor.values) value = static_cast<float>(stream.uniform(-0.2, 0.2));
  }
  network.set_tensors(tensors);
}

TrainedModel some_model(const Settings& settings, const std::vector<Index>& shape) {
  Settings all = {
      {"family", "convolutional"}, {"job", "denoise"}, {"channels", "3,4"}, {"blocks", "0,1"}};
  all.insert(all.end(), settings.begin(), settings.end());
  TrainedModel model;
  model.saved.spec = spec_from_settings(all);
  DataShape data{
      .rows = 10, .features = 1, .image = true, .unit_interval = true, .sample_shape = shape};
  for (const Index side : shape) data.features *= side;
  resolve(model.saved.spec, data, nullptr);
  model.saved.encoding.sample_shape = shape;
  model.saved.encoding.scaling = Scaling::kNone;
  auto network =
      std::make_shared<Network<float>>(network_of(model.saved.spec, data.features, shape));
  fill_with_random_numbers(*network);
  model.networks.push_back(std::move(network));
  return model;
}

Image wavy(Index height, Index width, Index channels) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(0.5F + 0.5F * std::sin(0.37F * static_cast<float>(i % 1009)));
  }
  return image;
}

Image cleaned(const TrainedModel& model, Image image, int threads = 1,
              ColourBy colour = ColourBy::kChannel) {
  ThreadPool pool(threads);
  PictureDenoiser denoiser(model, pool);
  clean_image(image, "x", colour, denoiser, {});
  return image;
}

Image turned(const Image& image, Index way) {
  Image result = image;
  turn_patch(image.pixels.data(), image.height, image.channels, way, result.pixels.data());
  return result;
}

Image cleaned_in_turns(const TrainedModel& model, Image image) {
  ThreadPool pool(1);
  PictureDenoiser denoiser(model, pool, true);
  clean_image(image, "x", ColourBy::kChannel, denoiser, {});
  return image;
}

Image part_of(const Image& image, Index top, Index left, Index height, Index width) {
  Image part = wavy(height, width, image.channels);
  for (Index y = 0; y < height; ++y) {
    for (Index x = 0; x < width * image.channels; ++x) {
      part.pixels[static_cast<std::size_t>(y * width * image.channels + x)] =
          image.pixels[static_cast<std::size_t>(((top + y) * image.width + left) * image.channels +
                                                x)];
    }
  }
  return part;
}

// A pixel far enough from the borders does not know which tiles it was computed in.
TEST(PictureDenoiser, GivesTheSameWhereverTilesLie) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image large = wavy(1100, 700, 1);
  const Image whole = cleaned(model, large);
  const Image part = cleaned(model, part_of(large, 420, 240, 240, 240));
  double largest = 0;
  for (Index y = 40; y < 200; ++y) {
    for (Index x = 40; x < 200; ++x) {
      const auto here = static_cast<std::size_t>(y * 240 + x);
      const auto there = static_cast<std::size_t>((420 + y) * 700 + 240 + x);
      largest = std::max(largest, std::abs(static_cast<double>(part.pixels[here]) -
                                           static_cast<double>(whole.pixels[there])));
    }
  }
  EXPECT_LT(largest, 1e-5);
  EXPECT_NE(whole.pixels, large.pixels);
}

TEST(PictureDenoiser, DoesNotDependOnThreads) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image image = wavy(700, 1100, 1);
  EXPECT_EQ(cleaned(model, image, 1).pixels, cleaned(model, image, 3).pixels);
}

TEST(PictureDenoiser, TakesPicturesOfAnySize) {
  const TrainedModel model = some_model({}, {64, 64});
  const TrainedModel fixed = some_model({{"bottleneck", "true"}, {"latent_dim", "4"}}, {16, 16});
  for (const auto& [height, width] : {std::pair{1, 1}, {1, 400}, {300, 2}, {17, 33}}) {
    for (const TrainedModel* each : {&model, &fixed}) {
      const Image image = cleaned(*each, wavy(height, width, 1));
      for (const float pixel : image.pixels) ASSERT_TRUE(std::isfinite(pixel));
    }
  }
}

// The network halves twice, so it sees sides that are multiples of 4.
TEST(PictureDenoiser, ContinuesPicturesByTheirMirrorImage) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image image = wavy(30, 41, 1);
  Image continued = wavy(32, 44, 1);
  for (Index y = 0; y < 32; ++y) {
    for (Index x = 0; x < 44; ++x) {
      const Index from_y = y < 30 ? y : 59 - y, from_x = x < 41 ? x : 81 - x;
      continued.pixels[static_cast<std::size_t>(y * 44 + x)] =
          image.pixels[static_cast<std::size_t>(from_y * 41 + from_x)];
    }
  }
  EXPECT_EQ(cleaned(model, image).pixels, part_of(cleaned(model, continued), 0, 0, 30, 41).pixels);
}

// The mean over all ways does not know which way up a picture came, as one way does.
TEST(PictureDenoiser, InAllTurnsItDoesNotMatterHowAPictureLies) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image image = wavy(48, 48, 1);
  const Image result = cleaned_in_turns(model, image);
  double apart = 0, apart_once = 0;
  for (Index way = 0; way < kWaysToTurn; ++way) {
    const Image other = cleaned_in_turns(model, turned(image, way));
    const Image once = cleaned(model, turned(image, way));
    const Image same = turned(result, way);
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      apart = std::max(apart, std::abs(double{other.pixels[i]} - double{same.pixels[i]}));
      apart_once = std::max(apart_once, std::abs(double{once.pixels[i]} - double{same.pixels[i]}));
    }
  }
  EXPECT_LT(apart, 1e-5);
  EXPECT_GT(apart_once, 1e-3);
}

TEST(PictureDenoiser, TurnsPicturesThatAreNotSquare) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image image = wavy(30, 700, 1);
  const Image result = cleaned_in_turns(model, image);
  EXPECT_EQ(result.pixels.size(), image.pixels.size());
  EXPECT_NE(result.pixels, cleaned(model, image).pixels);
}

TEST(PictureDenoiser, CleansEachColourByItself) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image colour = wavy(30, 40, 3);
  const Image result = cleaned(model, colour);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    Image grey = wavy(30, 40, 1);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i)
      grey.pixels[i] = colour.pixels[3 * i + channel];
    grey = cleaned(model, grey);
    for (std::size_t i = 0; i < grey.pixels.size(); ++i) {
      ASSERT_EQ(result.pixels[3 * i + channel], grey.pixels[i]);
    }
  }
}

// What is done to the brightness is done to all three, so that hues stay.
TEST(PictureDenoiser, OrTheBrightnessAlone) {
  const TrainedModel model = some_model({}, {64, 64});
  const Image colour = wavy(30, 40, 3);
  const Image result = cleaned(model, colour, 1, ColourBy::kLuminance);
  Image grey = wavy(30, 40, 1);
  luminance_of(colour.pixels.data(), 1200, grey.pixels.data());
  const Image clean = cleaned(model, grey);
  std::vector<float> brightness(1200);
  luminance_of(result.pixels.data(), 1200, brightness.data());
  for (std::size_t i = 0; i < 1200; ++i) {
    ASSERT_NEAR(brightness[i], clean.pixels[i], 1e-5);
    ASSERT_NEAR(result.pixels[3 * i] - result.pixels[3 * i + 1],
                colour.pixels[3 * i] - colour.pixels[3 * i + 1], 1e-5);
  }
}

TEST(PictureDenoiser, AModelOfColoursRefusesGrey) {
  const TrainedModel model = some_model({}, {64, 64, 3});
  EXPECT_THROW(cleaned(model, wavy(30, 40, 1)), Error);
  EXPECT_EQ(cleaned(model, wavy(30, 40, 3)).pixels.size(), 3600U);
}

}  // namespace
}  // namespace hourglass
