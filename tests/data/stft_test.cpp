#include "data/stft.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>

namespace hourglass {
namespace {

// Every sample of a sound that lies in four frames comes back.
TEST(StftTest, FramesAddUpToWhatTheyWereCutFrom) {
  for (const Index frame : {4, 8, 256, 720, 1440, 2048}) {
    Stft stft(frame);
    std::vector<float> sound;
    for (Index i = 0; i < 10 * frame; ++i) {
      sound.push_back(
          static_cast<float>(std::sin(0.37 * double(i)) + 0.3 * std::cos(double(i * i))));
    }
    std::vector<float> back(sound.size()), piece(static_cast<std::size_t>(frame));
    std::vector<std::complex<float>> spectrum(static_cast<std::size_t>(stft.bins()));
    for (Index at = 0; at + frame <= std::ssize(sound); at += stft.hop()) {
      stft.forward(sound.data() + at, spectrum.data());
      stft.inverse(spectrum.data(), piece.data());
      for (Index i = 0; i < frame; ++i) {
        back[static_cast<std::size_t>(at + i)] += piece[static_cast<std::size_t>(i)];
      }
    }
    for (Index i = frame; i < 9 * frame; ++i) {
      const auto at = static_cast<std::size_t>(i);
      ASSERT_NEAR(back[at], sound[at], 1e-6) << frame << ", " << i;
    }
  }
}

TEST(StftTest, FindsATone) {
  Stft stft(256);
  std::vector<float> tone;
  for (int i = 0; i < 256; ++i) {
    tone.push_back(static_cast<float>(std::cos(2 * std::numbers::pi * 10 * i / 256)));
  }
  std::vector<std::complex<float>> spectrum(129);
  stft.forward(tone.data(), spectrum.data());
  EXPECT_NEAR(std::abs(spectrum[10]), 256 / std::numbers::pi, 0.5);  // half of the window's sum
  EXPECT_LT(std::abs(spectrum[40]), 0.5);
}

TEST(StftTest, FramesLastAsLongAtEveryRate) {
  EXPECT_EQ(frame_at(8000), 256);
  EXPECT_EQ(frame_at(16000), 512);
  EXPECT_EQ(frame_at(48000), 2048);
  EXPECT_EQ(frame_like(256, 8000, 8000), 256);
  EXPECT_EQ(frame_like(256, 8000, 16000), 512);
  EXPECT_EQ(frame_like(256, 8000, 48000), 1536);
  const auto off_by = [](double rate) {
    return std::abs(double(frame_like(256, 8000, rate)) / (256 * rate / 8000) - 1);
  };
  for (const double rate : {11025.0, 22050.0, 24000.0, 32000.0, 44100.0, 96000.0, 192000.0}) {
    EXPECT_LT(off_by(rate), 0.025) << rate;
  }
  for (double rate = 2000; rate < 400000; rate *= 1.013) EXPECT_LT(off_by(rate), 0.08) << rate;
}

}  // namespace
}  // namespace hourglass
