#include "task/sound_denoiser.h"

#include <cmath>
#include <gtest/gtest.h>

#include "base/random.h"
#include "model/settings.h"
#include "task/sound_quality.h"

namespace hourglass {
namespace {

constexpr Index kFrames = 16, kBins = 128;

// Of 8,000 samples a second. `weight`: what its random weights are within; where they are 0, and
// the input is added to the output, it gives back what it sees.
TrainedModel some_model(double weight, const Settings& settings = {}) {
  Settings all = {{"family", "convolutional"}, {"job", "denoise-sound"}, {"rate", "8000"},
                  {"channels", "3,4"},         {"blocks", "0,1"},        {"patch", "16"}};
  all.insert(all.end(), settings.begin(), settings.end());
  TrainedModel model;
  model.saved.spec = spec_from_settings(all);
  const std::vector<Index> shape = {kFrames, kBins};
  const DataShape data{
      .rows = 10, .features = kFrames * kBins, .image = true, .sample_shape = shape};
  resolve(model.saved.spec, data, nullptr);
  model.saved.encoding.sample_shape = shape;
  auto network =
      std::make_shared<Network<float>>(network_of(model.saved.spec, data.features, shape));
  std::vector<NamedTensor> tensors = network->tensors();
  RandomStream stream(3, RandomPurpose::kSample);
  for (NamedTensor& tensor : tensors) {
    for (float& value : tensor.values) value = static_cast<float>(stream.uniform(-weight, weight));
  }
  network->set_tensors(tensors);
  model.networks.push_back(std::move(network));
  return model;
}

std::vector<float> some_sound(Index count) {
  RandomStream stream(5, RandomPurpose::kSample);
  std::vector<float> samples;
  for (Index i = 0; i < count; ++i) {
    samples.push_back(static_cast<float>(0.3 * std::sin(0.2 * double(i)) + 0.05 * stream.normal()));
  }
  return samples;
}

std::vector<float> denoised(const TrainedModel& model, const std::vector<float>& samples,
                            Index block, double rate = 8000, int threads = 1) {
  ThreadPool pool(threads);
  SoundGains gains(model, pool);
  SoundDenoiser denoiser(gains, rate);
  std::vector<float> out;
  for (Index at = 0; at < std::ssize(samples); at += block) {
    denoiser.push(samples.data() + at, std::min(block, std::ssize(samples) - at), out);
  }
  denoiser.finish(out);
  return out;
}

TEST(SoundDenoiserTest, AModelThatGivesBackWhatItSeesChangesNothing) {
  const TrainedModel model = some_model(0);
  for (const double rate : {8000.0, 44100.0, 5000.0}) {
    for (const Index count : {1, 2, 63, 255, 256, 257, 20000}) {
      const std::vector<float> samples = some_sound(count);
      const std::vector<float> out = denoised(model, samples, 1000, rate);
      ASSERT_EQ(out.size(), samples.size());
      for (std::size_t i = 0; i < out.size(); ++i) {
        ASSERT_NEAR(out[i], samples[i], 2e-6) << rate << ", " << count << ", " << i;
      }
    }
  }
}

TEST(SoundDenoiserTest, SilenceStaysSilentAndNothingNothing) {
  const TrainedModel model = some_model(0.2);
  EXPECT_EQ(denoised(model, std::vector<float>(5000), 5000), std::vector<float>(5000));
  EXPECT_TRUE(denoised(model, {}, 1).empty());
}

TEST(SoundDenoiserTest, GivesTheSameHoweverItIsCutAndByAnyThreads) {
  const TrainedModel model = some_model(0.2);
  const std::vector<float> samples = some_sound(40000);
  const std::vector<float> whole = denoised(model, samples, 40000);
  EXPECT_EQ(denoised(model, samples, 333), whole);
  EXPECT_EQ(denoised(model, samples, 1), whole);
  EXPECT_EQ(denoised(model, samples, 5000, 8000, 3), whole);
  EXPECT_NE(whole, samples);
}

TEST(SoundDenoiserTest, NeverMakesAnyNumberLouder) {
  const std::vector<float> samples = some_sound(8000);
  const std::vector<float> out = denoised(some_model(0.5), samples, 1000);
  double before = 0, after = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    before += double(samples[i]) * double(samples[i]);
    after += double(out[i]) * double(out[i]);
  }
  EXPECT_LE(after, before * 1.001);
}

TEST(SoundDenoiserTest, DoesNotDependOnHowLoudItIs) {
  const TrainedModel model = some_model(0.2);
  std::vector<float> samples = some_sound(8000);
  const std::vector<float> loud = denoised(model, samples, 1000);
  for (float& x : samples) x /= 1024;
  const std::vector<float> quiet = denoised(model, samples, 1000);
  for (std::size_t i = 0; i < loud.size(); ++i) EXPECT_NEAR(1024 * quiet[i], loud[i], 1e-5);
}

TEST(SiSdrTest, IsWhatItsFormulaSays) {
  // s = (1, 0, 1), x = 2 s + (0, 1, 0): ‖αs‖² = 8, the rest 1.
  const std::vector<float> clean = {1, 0, 1}, estimate = {2, 1, 2};
  SiSdr whole, pieces;
  whole.add(estimate.data(), clean.data(), 3);
  pieces.add(estimate.data(), clean.data(), 1);
  pieces.add(estimate.data() + 1, clean.data() + 1, 2);
  EXPECT_NEAR(whole.decibels(), 10 * std::log10(8.0), 1e-12);
  EXPECT_EQ(whole.decibels(), pieces.decibels());
  EXPECT_TRUE(std::isnan(SiSdr().decibels()));
}

}  // namespace
}  // namespace hourglass
