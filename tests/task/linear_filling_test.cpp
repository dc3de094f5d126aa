#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "base/random.h"
#include "hourglass/error.h"
#include "images.h"
#include "model/settings.h"
#include "task/hole_filler.h"
#include "task/hole_training.h"
#include "task/hole_trials.h"
#include "task/image_quality.h"
#include "train/row_roles.h"

namespace hourglass {
namespace {

constexpr Index kSide = 12;

// Mixtures of three waves around a mean picture, in [0, 255]: what is missing follows linearly.
std::vector<double> mixture(RandomStream& random, Index channels) {
  const double a = random.normal(), b = random.normal(), c = random.normal();
  std::vector<double> image;
  for (Index y = 0; y < kSide; ++y) {
    for (Index x = 0; x < kSide; ++x) {
      const auto u = static_cast<double>(x), v = static_cast<double>(y);
      for (Index k = 0; k < channels; ++k) {
        const auto w = static_cast<double>(k);
        image.push_back(120 + 3 * u + 9 * a * std::sin(0.5 * u + w) + 9 * b * std::cos(0.4 * v) +
                        9 * c * std::sin(0.3 * (u + v) - w));
      }
    }
  }
  return image;
}

Table mixtures(Index count, Index channels = 1) {
  RandomStream random(1, RandomPurpose::kSample);
  std::vector<std::vector<double>> images;
  for (Index i = 0; i < count; ++i) images.push_back(mixture(random, channels));
  if (channels == 1) return table_of_images(images, {kSide, kSide});
  return table_of_images(images, {kSide, kSide, channels});
}

// Bright spots anywhere: what is missing follows from the rest, and not linearly.
Table spots(Index count, std::uint64_t seed) {
  RandomStream random(seed, RandomPurpose::kSample);
  std::vector<std::vector<double>> images;
  for (Index i = 0; i < count; ++i) {
    const double top = random.uniform(3, 9), left = random.uniform(3, 9);
    std::vector<double> image;
    for (Index y = 0; y < kSide; ++y) {
      for (Index x = 0; x < kSide; ++x) {
        const double away =
            std::pow(static_cast<double>(y) - top, 2) + std::pow(static_cast<double>(x) - left, 2);
        image.push_back(10 + 230 * std::exp(-away / 9));
      }
    }
    images.push_back(std::move(image));
  }
  return table_of_images(images, {kSide, kSide});
}

TrainedModel trained(const Table& table, const Settings& more = {}, int threads = 2) {
  Settings settings = {{"job", "inpaint"}, {"epochs", "3"}, {"hidden", "16"}, {"latent_dim", "8"}};
  settings.insert(settings.end(), more.begin(), more.end());
  TrainingJob job;
  job.spec = spec_from_settings(settings);
  ThreadPool pool(threads);
  return train_to_fill_holes(table, job, pool, {});
}

Image picture_of(const std::vector<double>& numbers, Index channels) {
  Image image;
  image.height = image.width = kSide;
  image.channels = channels;
  image.bit_depth = 32;
  image.pixels.assign(numbers.begin(), numbers.end());
  return image;
}

Holes middle() {
  Holes holes(kSide * kSide);
  for (Index y = 3; y < 8; ++y) {
    for (Index x = 4; x < 10; ++x) holes[static_cast<std::size_t>(y * kSide + x)] = 1;
  }
  return holes;
}

// With what is missing destroyed before.
Image filled(const TrainedModel& model, Image image) {
  const Holes holes = middle();
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (holes[i / static_cast<std::size_t>(image.channels)] != 0) image.pixels[i] = 1e6F;
  }
  ThreadPool pool(1);
  HoleFiller(model, pool).fill(image, holes, "x", 1, {});
  return image;
}

double root_error(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::pow(a.pixels[i] - b.pixels[i], 2);
  return std::sqrt(sum / static_cast<double>(a.pixels.size()));
}

TEST(LinearFilling, FillsWhatTheNetworkHasNotLearned) {
  RandomStream random(7, RandomPurpose::kSample);
  for (const Index channels : {1, 3}) {
    TrainedModel model = trained(mixtures(80, channels));
    ASSERT_TRUE(model.saved.linear.estimate);
    EXPECT_LT(model.saved.linear.network_share, 0.2);
    EXPECT_GT(model.saved.training.linear_psnr, 35);
    const Image clean = picture_of(mixture(random, channels), channels);
    const double together = root_error(filled(model, clean), clean);
    model.saved.linear = {};
    const double alone = root_error(filled(model, clean), clean);
    EXPECT_LT(3 * together, alone) << channels;
  }
}

// The PSNR told of a model is about that of other images, whole and by the estimate alone.
TEST(LinearFilling, TellsHowWellItFills) {
  const Table others = spots(60, 9);
  TrainedModel model =
      trained(spots(300, 1), {{"epochs", "200"}, {"hidden", "128"}, {"latent_dim", "32"}});
  EXPECT_GT(model.saved.training.validation_psnr, model.saved.training.linear_psnr + 0.1);
  ThreadPool pool(2);
  const auto psnr_of_others = [&] {
    const std::vector<HoleTrial> trials =
        hole_trials(model.saved, others, all_rows(others.rows()), 60, pool);
    EXPECT_EQ(trials.size(), 60U);
    HoleFiller filler(model, pool);
    double error = 0, count = 0;
    for (const HoleTrial& trial : trials) {
      Image image = trial.clean;
      filler.fill(image, trial.holes, "x", 1, {});
      error += error_of(trial, image) * static_cast<double>(count_of(trial.holes));
      count += static_cast<double>(count_of(trial.holes));
    }
    return psnr_of_error(error / count / std::pow(white_of(model.saved.encoding), 2));
  };
  EXPECT_NEAR(psnr_of_others(), model.saved.training.validation_psnr, 1.5);
  model.saved.linear.network_share = 0;
  EXPECT_NEAR(psnr_of_others(), model.saved.training.linear_psnr, 1.5);
}

TEST(LinearFilling, IsWarnedOfWhereTheNetworkAddsNothing) {
  const TrainedModel model = trained(mixtures(80));
  EXPECT_TRUE(std::ranges::any_of(model.saved.warnings, [](const Warning& warning) {
    return warning.code == "no-better-than-pca";
  }));
}

TEST(LinearFilling, ThreadsAndTheFileMakeNoDifference) {
  const Table table = mixtures(60);
  const TrainedModel model = trained(table, {}, 1);
  const std::string bytes = format_model(pack(model));
  EXPECT_EQ(bytes, format_model(pack(trained(table, {}, 3))));
  const TrainedModel read = unpack(parse_model(bytes, "m"));
  EXPECT_EQ(read.saved.training.linear_psnr, model.saved.training.linear_psnr);
  RandomStream random(7, RandomPurpose::kSample);
  const Image clean = picture_of(mixture(random, 1), 1);
  EXPECT_EQ(filled(read, clean).pixels, filled(model, clean).pixels);
}

TEST(LinearFilling, IsNotLearnedWhereNothingIsHeldOutOrWhole) {
  EXPECT_FALSE(trained(mixtures(30), {{"validation", "0"}}).saved.linear.estimate);
  EXPECT_FALSE(trained(mixtures(30),
                       {{"family", "convolutional"}, {"channels", "4,4"}, {"bottleneck", "true"}})
                   .saved.linear.estimate);
  std::vector<std::vector<double>> images;
  RandomStream random(1, RandomPurpose::kSample);
  for (Index i = 0; i < 40; ++i) {
    images.push_back(mixture(random, 1));
    images.back()[static_cast<std::size_t>(i)] = std::numeric_limits<double>::quiet_NaN();
  }
  const Table holed = table_of_images(images, {kSide, kSide});
  EXPECT_FALSE(trained(holed, {{"missing", "impute"}}).saved.linear.estimate);
  for (std::size_t i = 0; i < 30; ++i) images[i] = mixture(random, 1);
  const Table some = table_of_images(images, {kSide, kSide});
  EXPECT_TRUE(trained(some, {{"missing", "impute"}}).saved.linear.estimate);
}

// How far an image is from its mirror image.
double asymmetry(const std::vector<double>& image) {
  double sum = 0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    const std::size_t mirrored = i / kSide * kSide + kSide - 1 - i % kSide;
    sum += std::abs(image[i] - image[mirrored]);
  }
  return sum;
}

std::vector<double> mean_image(const Table& table) {
  std::vector<double> mean(kSide * kSide), image(kSide * kSide);
  for (Index row = 0; row < table.rows(); ++row) {
    table.store->read(row, row + 1, image.data());
    for (std::size_t i = 0; i < mean.size(); ++i) {
      mean[i] += image[i] / static_cast<double>(table.rows());
    }
  }
  return mean;
}

// Mixtures grow brighter to the right, and mirror images are none of them. Spots may be anywhere:
// where there are few of them, those of the mirror images help.
TEST(LinearFilling, LearnsFromMirrorImagesWhereTheyAreNoOthers) {
  const Table leaning = mixtures(80), anywhere = spots(60, 3);
  EXPECT_GT(asymmetry(trained(leaning).saved.linear.estimate->mean),
            0.8 * asymmetry(mean_image(leaning)));
  EXPECT_LT(asymmetry(trained(anywhere, {{"validation", "0.3"}}).saved.linear.estimate->mean),
            0.5 * asymmetry(mean_image(anywhere)));
}

TEST(LinearFilling, IsLeftOutWhereItAddsNothing) {
  // A covariance says nothing of parities: each quarter of an image is all bright or all dark, an
  // even number of them bright, so that three tell the fourth.
  RandomStream random(1, RandomPurpose::kSample);
  std::vector<std::vector<double>> images;
  for (Index i = 0; i < 400; ++i) {
    const Index a = random.below(2), b = random.below(2), c = random.below(2);
    const Index quarters[] = {a, b, c, (a + b + c) % 2};
    std::vector<double> image;
    for (Index y = 0; y < kSide; ++y) {
      for (Index x = 0; x < kSide; ++x) {
        image.push_back(quarters[2 * (2 * y / kSide) + 2 * x / kSide] != 0 ? 200.0 : 50.0);
      }
    }
    images.push_back(std::move(image));
  }
  const TrainedModel model = trained(table_of_images(images, {kSide, kSide}),
                                     {{"epochs", "150"}, {"hidden", "128"}, {"latent_dim", "32"}});
  EXPECT_GT(model.saved.training.validation_psnr, model.saved.training.linear_psnr + 3);
  EXPECT_FALSE(model.saved.linear.estimate);
}

TEST(LinearFilling, IsJudgedByHolesAloneWhateverNoiseTrainingAdds) {
  TrainedModel model = trained(mixtures(30));
  const auto holes_of = [&] {
    ThreadPool pool(1);
    std::vector<Holes> all;
    for (const HoleTrial& trial : hole_trials(model.saved, mixtures(5), {0, 2}, 6, pool)) {
      all.push_back(trial.holes);
    }
    return all;
  };
  const std::vector<Holes> without = holes_of();
  EXPECT_EQ(without.size(), 6U);
  model.saved.spec.corruptions.push_back({Corruption::kRecording, 1, 1});
  EXPECT_EQ(holes_of(), without);
}

TEST(LinearFilling, OfImagesThatDoNotVaryIsNone) {
  const Table table =
      table_of_images(std::vector(30, std::vector<double>(kSide * kSide, 7)), {kSide, kSide});
  EXPECT_FALSE(trained(table).saved.linear.estimate);
}

TEST(LinearFilling, FillsEachChannelOfAColourPictureByItself) {
  const TrainedModel model = trained(mixtures(60));
  RandomStream random(7, RandomPurpose::kSample);
  const Image one = picture_of(mixture(random, 1), 1), two = picture_of(mixture(random, 1), 1);
  Image colour = picture_of(std::vector<double>(kSide * kSide * 3), 3);
  for (std::size_t i = 0; i < one.pixels.size(); ++i) {
    colour.pixels[3 * i] = colour.pixels[3 * i + 2] = one.pixels[i];
    colour.pixels[3 * i + 1] = two.pixels[i];
  }
  const Image together = filled(model, colour), first = filled(model, one),
              second = filled(model, two);
  for (std::size_t i = 0; i < one.pixels.size(); ++i) {
    ASSERT_EQ(together.pixels[3 * i], first.pixels[i]);
    ASSERT_EQ(together.pixels[3 * i + 1], second.pixels[i]);
    ASSERT_EQ(together.pixels[3 * i + 2], first.pixels[i]);
  }
}

TEST(LinearFilling, IsOfColoursTogetherAndNotOfGrey) {
  const TrainedModel model = trained(mixtures(60, 3));
  Image grey = picture_of(std::vector<double>(kSide * kSide, 100), 1);
  EXPECT_THROW(filled(model, grey), Error);
}

TEST(LinearFilling, FillsOnlyImagesOfItsSize) {
  TrainedModel model = trained(mixtures(60), {{"scaling", "none"}});
  ASSERT_TRUE(model.saved.linear.estimate);
  Image larger;
  larger.height = larger.width = 2 * kSide;
  larger.bit_depth = 32;
  larger.pixels.assign(4 * kSide * kSide, 100);
  Holes holes(4 * kSide * kSide);
  holes[50] = 1;
  ThreadPool pool(1);
  Image with = larger, without = larger;
  HoleFiller(model, pool).fill(with, holes, "x", 1, {});
  model.saved.linear = {};
  HoleFiller(model, pool).fill(without, holes, "x", 1, {});
  EXPECT_EQ(with.pixels, without.pixels);
}

TEST(LinearFilling, SeesTheSameInEveryPassAndForEveryMask) {
  const TrainedModel model = trained(mixtures(60));
  RandomStream random(7, RandomPurpose::kSample);
  const Image clean = picture_of(mixture(random, 1), 1);
  Holes other(kSide * kSide);
  other[20] = other[21] = 1;
  ThreadPool pool(1);
  HoleFiller filler(model, pool);
  for (const Index passes : {1, 2, 1}) {
    Image first = clean, again = clean, fresh = clean;
    filler.fill(first, middle(), "x", passes, {});
    filler.fill(again, other, "x", passes, {});
    again = clean;
    filler.fill(again, middle(), "x", passes, {});
    HoleFiller(model, pool).fill(fresh, middle(), "x", passes, {});
    EXPECT_EQ(first.pixels, fresh.pixels);
    EXPECT_EQ(again.pixels, fresh.pixels);
    EXPECT_LT(root_error(fresh, clean), 1);
  }
}

TEST(LinearFilling, GoesWithEnsemblesAndWithOneImageHeldOut) {
  const TrainedModel model = trained(mixtures(40), {{"ensemble", "2"}});
  ASSERT_TRUE(model.saved.linear.estimate);
  ASSERT_TRUE(member_of(model, 1).saved.linear.estimate);
  EXPECT_TRUE(trained(mixtures(10)).saved.linear.estimate);
}

TEST(LinearFilling, RefusesNumbersFarFromAllItLearned) {
  const TrainedModel model = trained(mixtures(30));
  Image image = picture_of(std::vector<double>(kSide * kSide, 100), 1);
  image.pixels[0] = std::numeric_limits<float>::infinity();
  EXPECT_THROW(filled(model, image), Error);
}

TEST(LinearFilling, RefusesComponentsThatAreNone) {
  TrainedModel model = trained(mixtures(30));
  GaussianEstimate broken;
  broken.mean = model.saved.linear.estimate->mean;
  broken.variance = {1};
  broken.noise = 1e-3;
  broken.components = Matrix<float>(1, kSide * kSide);
  std::fill_n(broken.components.data(), kSide * kSide, 10.0F);
  model.saved.linear.estimate = std::make_shared<const GaussianEstimate>(std::move(broken));
  RandomStream random(7, RandomPurpose::kSample);
  EXPECT_THROW(filled(model, picture_of(mixture(random, 1), 1)), Error);
}

}  // namespace
}  // namespace hourglass
