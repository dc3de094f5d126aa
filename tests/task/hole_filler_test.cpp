#include "task/hole_filler.h"

#include <cmath>
#include <gtest/gtest.h>

#include "hourglass/error.h"
#include "model/settings.h"
#include "task/hole_borders.h"

namespace hourglass {
namespace {

Image picture(Index height, Index width, Index channels, int bit_depth = 8) {
  Image image;
  image.height = height;
  image.width = width;
  image.channels = channels;
  image.bit_depth = bit_depth;
  for (Index i = 0; i < image.values(); ++i) {
    image.pixels.push_back(0.5F + 0.4F * std::sin(0.1F * static_cast<float>(i)));
  }
  return image;
}

Holes square(Index height, Index width, Index top, Index left, Index side) {
  Holes holes(static_cast<std::size_t>(height * width));
  for (Index y = top; y < top + side; ++y) {
    for (Index x = left; x < left + side; ++x) holes[static_cast<std::size_t>(y * width + x)] = 1;
  }
  return holes;
}

// What is carried into a hole is harmonic: a plane is carried on as it is.
TEST(HoleBorders, CarryAPlaneOn) {
  Image known = picture(20, 30, 2), filled = known;
  for (Index y = 0; y < 20; ++y) {
    for (Index x = 0; x < 30; ++x) {
      const auto at = static_cast<std::size_t>(2 * (y * 30 + x));
      filled.pixels[at] -= 0.01F * static_cast<float>(x) + 0.02F * static_cast<float>(y);
      filled.pixels[at + 1] += 0.3F;
    }
  }
  const Image wanted = known;
  const Holes holes = square(20, 30, 5, 8, 9);
  for (std::size_t i = 0; i < holes.size(); ++i) {
    if (holes[i] != 0) known.pixels[2 * i] = known.pixels[2 * i + 1] = -7;  // not to be looked at
  }
  meet_known(known, holes, filled);
  for (std::size_t i = 0; i < filled.pixels.size(); ++i) {
    ASSERT_NEAR(filled.pixels[i], wanted.pixels[i], 5e-3) << i;
    if (holes[i / 2] == 0) {
      ASSERT_EQ(filled.pixels[i], wanted.pixels[i]);
    }
  }
}

TEST(HoleBorders, HolesAtTheEdgeOfAPictureAreMetFromWithin) {
  const Image known = picture(12, 12, 1);
  Image filled = known;
  for (float& pixel : filled.pixels) pixel -= 0.25F;
  meet_known(known, square(12, 12, 0, 0, 6), filled);
  for (std::size_t i = 0; i < filled.pixels.size(); ++i) {
    ASSERT_NEAR(filled.pixels[i], known.pixels[i], 5e-3);
  }
}

// A linear network that gives back what it gets: known pixels and holes are what they are.
TrainedModel copying_model(const std::vector<Index>& shape, Scaling scaling) {
  TrainedModel model;
  Index features = 1;
  for (const Index side : shape) features *= side;
  model.saved.spec = spec_from_settings(
      {{"family", "linear"}, {"latent_dim", std::to_string(features)}, {"job", "any"}});
  DataShape data{.rows = 10, .features = features, .image = true, .sample_shape = shape};
  resolve(model.saved.spec, data, nullptr);
  Encoding& encoding = model.saved.encoding;
  encoding.sample_shape = shape;
  encoding.scaling = scaling;
  encoding.columns.resize(static_cast<std::size_t>(features));
  for (std::size_t i = 0; i < encoding.columns.size(); ++i) {
    encoding.columns[i].observed_max = 200;
    if (scaling == Scaling::kNone) continue;
    encoding.columns[i].shift = 100 + static_cast<double>(i % 7);
    encoding.columns[i].scale = 40;
  }
  encoding.lay_out_features();
  auto network = std::make_shared<Network<float>>(network_of(model.saved.spec, features, shape));
  std::vector<NamedTensor> tensors = network->tensors();
  for (NamedTensor& tensor : tensors) {
    std::ranges::fill(tensor.values, 0.0F);
    if (std::ssize(tensor.values) != features * features) continue;
    for (Index i = 0; i < features; ++i) {
      tensor.values[static_cast<std::size_t>(i * (features + 1))] = 1;
    }
  }
  network->set_tensors(tensors);
  model.networks.push_back(std::move(network));
  return model;
}

TEST(HoleFiller, LeavesKnownPixelsBitForBitAndSeesHolesAsTheMean) {
  const TrainedModel model = copying_model({8, 8}, Scaling::kCentred);
  ThreadPool pool(1);
  HoleFiller filler(model, pool);
  Image image = picture(8, 8, 1, 32);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = 100 + static_cast<float>(i % 7) + 20.1F;  // as far from the mean everywhere
  }
  const Image before = image;
  const Holes holes = square(8, 8, 2, 3, 3);
  for (std::size_t i = 0; i < holes.size(); ++i) {
    if (holes[i] != 0) image.pixels[i] = 1e6F;
  }
  filler.fill(image, holes, "x", 2, {});
  for (std::size_t i = 0; i < holes.size(); ++i) {
    if (holes[i] == 0) {
      ASSERT_EQ(image.pixels[i], before.pixels[i]);
    }
    // What is known comes back as it is, so that nothing is carried on from the border.
    if (holes[i] != 0) {
      ASSERT_NEAR(image.pixels[i], 100 + static_cast<double>(i % 7), 0.01) << i;
    }
  }
}

TEST(HoleFiller, FillsInNothingBrighterThanWhite) {
  TrainedModel model = copying_model({8, 8}, Scaling::kCentred);
  for (ColumnEncoding& column : model.saved.encoding.columns) column.shift = 300;  // of holes
  ThreadPool pool(1);
  Image image = picture(8, 8, 1);
  image.bit_depth = 32;
  const Holes holes = square(8, 8, 2, 3, 3);
  HoleFiller(model, pool).fill(image, holes, "x", 1, {});
  for (std::size_t i = 0; i < holes.size(); ++i) {
    if (holes[i] != 0) {
      ASSERT_EQ(image.pixels[i], 255);
    }
  }
}

// Files are in [0, 1] and the model learned levels up to 255.
TEST(HoleFiller, TakesFilesInTheUnitsOfAnArray) {
  const TrainedModel model = copying_model({8, 8}, Scaling::kCentred);
  EXPECT_EQ(white_of(model.saved.encoding), 255);
  ThreadPool pool(1);
  Image image = picture(8, 8, 1);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = static_cast<float>(120 + i % 7) / 255;
  }
  const Image before = image;
  const Holes holes = square(8, 8, 2, 3, 3);
  HoleFiller(model, pool).fill(image, holes, "x", 1, {});
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const double mean = (100 + static_cast<double>(i % 7)) / 255;
    ASSERT_NEAR(image.pixels[i], holes[i] != 0 ? mean : before.pixels[i], 1e-4);
  }
}

TEST(HoleFiller, TakesColoursOneByOneAndRefusesOtherSizes) {
  const TrainedModel model = copying_model({8, 8}, Scaling::kCentred);
  ThreadPool pool(1);
  HoleFiller filler(model, pool);
  Image colour = picture(8, 8, 3), grey = picture(8, 9, 1);
  const Image before = colour;
  const Holes holes = square(8, 8, 0, 0, 4);
  filler.fill(colour, holes, "x", 1, {});
  for (std::size_t i = 0; i < colour.pixels.size(); ++i) {
    ASSERT_TRUE(std::isfinite(colour.pixels[i]));
    if (holes[i / 3] == 0) {
      ASSERT_EQ(colour.pixels[i], before.pixels[i]);
    }
  }
  EXPECT_THROW(filler.fill(grey, square(8, 9, 0, 0, 4), "x", 1, {}), Error);
  const TrainedModel unscaled = copying_model({8, 8}, Scaling::kNone);
  HoleFiller(unscaled, pool).fill(grey, square(8, 9, 0, 0, 4), "x", 1, {});
}

}  // namespace
}  // namespace hourglass
