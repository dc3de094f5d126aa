#include "data/sound_patches.h"

#include <sndfile.h>

#include "reader_files.h"
#include "sound_files.h"

namespace hourglass {
namespace {

class SoundPatchesTest : public ReaderTest {
 protected:
  std::shared_ptr<const Sounds> sounds_of(const std::string& name,
                                          const std::vector<float>& samples) {
    write_sound(path(name), samples, {8000, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT});
    return read_sounds(path(name), options_).sounds;
  }
  // The mean squared difference of what is seen and what is to be given back.
  static double distance(const SoundPatches& patches, Index epoch = 1) {
    std::vector<float> noisy(static_cast<std::size_t>(patches.patch().features()));
    std::vector<float> clean(noisy.size());
    double sum = 0;
    for (Index position = 0; position < patches.count(); ++position) {
      patches.draw(epoch, position, noisy.data(), clean.data());
      for (std::size_t i = 0; i < noisy.size(); ++i) {
        sum += std::pow(double(noisy[i]) - double(clean[i]), 2);
      }
    }
    return sum / double(patches.count()) / double(noisy.size());
  }
  const std::vector<float> tone_ = sine(20000, 500, 8000);
};

TEST_F(SoundPatchesTest, AreAFunctionOfSeedEpochAndPosition) {
  const auto sounds = sounds_of("a.wav", tone_);
  const SoundNoise white{{{Corruption::kWhite, 0, 10}}, nullptr};
  const SoundPatches patches(sounds, {0}, white, 16, 7);
  const SoundPatches same(sounds, {0}, white, 16, 7);
  const auto drawn = [](const SoundPatches& from, Index epoch, Index position) {
    std::vector<float> noisy(static_cast<std::size_t>(from.patch().features()));
    from.draw(epoch, position, noisy.data(), nullptr);
    return noisy;
  };
  EXPECT_EQ(patches.patch().features(), 16 * 128);
  EXPECT_EQ(drawn(patches, 2, 3), drawn(same, 2, 3));
  EXPECT_NE(drawn(patches, 2, 3), drawn(patches, 3, 3));
  EXPECT_NE(drawn(patches, 2, 3), drawn(patches, 2, 4));
  EXPECT_NE(drawn(patches, 2, 3), drawn(SoundPatches(sounds, {0}, white, 16, 8), 2, 3));
}

TEST_F(SoundPatchesTest, AreAsNoisyAsTheRatioSays) {
  const auto sounds = sounds_of("a.wav", tone_);
  const auto at = [&](double ratio) {
    return distance(
        SoundPatches(sounds, {0}, {{{Corruption::kWhite, ratio, ratio}}, nullptr}, 16, 0));
  };
  EXPECT_LT(at(100), 1e-4);
  EXPECT_GT(at(0), 10 * at(30));
}

TEST_F(SoundPatchesTest, TakeNoiseFromRecordingsHoweverShort) {
  const auto sounds = sounds_of("a.wav", tone_);
  const auto noise = sounds_of("n.wav", sine(100, 1000, 8000));
  const SoundPatches patches(sounds, {0}, {{{Corruption::kRecording, 0, 0}}, noise}, 16, 0);
  std::vector<float> noisy(static_cast<std::size_t>(patches.patch().features()));
  std::vector<float> clean(noisy.size());
  // At 1000 Hz, bin 32, there is noise and nothing that is wanted.
  double seen = 0, wanted = 0;
  for (Index position = 0; position < 32; ++position) {
    patches.draw(1, position, noisy.data(), clean.data());
    for (std::size_t frame = 0; frame < 16; ++frame) {
      seen += double(noisy[frame * 128 + 32]);
      wanted += double(clean[frame * 128 + 32]);
    }
  }
  EXPECT_GT(seen, 5 * wanted);
  EXPECT_GT(distance(patches), 0.01);
}

TEST_F(SoundPatchesTest, DoNotDependOnHowLoudARecordingIs) {
  const SoundNoise white{{{Corruption::kWhite, 5, 5}}, nullptr};
  std::vector<float> quiet = tone_;
  for (float& x : quiet) x /= 1024;
  const SoundPatches loud(sounds_of("a.wav", tone_), {0}, white, 16, 0);
  const SoundPatches soft(sounds_of("b.wav", quiet), {0}, white, 16, 0);
  EXPECT_NEAR(distance(loud), distance(soft), 1e-5);
}

}  // namespace
}  // namespace hourglass
