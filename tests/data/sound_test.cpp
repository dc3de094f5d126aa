#include <algorithm>
#include <limits>
#include <sndfile.h>

#include "data/sounds.h"
#include "reader_files.h"
#include "sound_files.h"

namespace hourglass {
namespace {

using SoundTest = ReaderTest;

constexpr int kWave16 = SF_FORMAT_WAV | SF_FORMAT_PCM_16;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.what();
  }
  return "no error";
}

struct Kind {
  const char* ending;
  int kind;
  double largest_error;
};

// What readers/make_sound.py put in.
TEST_F(SoundTest, ReadsEveryKind) {
  struct Case {
    const char* name;
    Index channels;
    double largest_error;
  };
  for (const Case& c : {Case{"sound8.wav", 1, 1.0 / 127}, Case{"sound16.wav", 2, 1.0 / 32767},
                        Case{"sound24.wav", 1, 2e-7}, Case{"sound_float.wav", 1, 1e-7},
                        Case{"sound_eight.wav", 8, 1.0 / 32767}, Case{"sound_ulaw.wav", 1, 0.02},
                        Case{"sound_rf64.wav", 1, 1.0 / 32767}, Case{"sound.flac", 1, 1.0 / 32767},
                        Case{"sound.ogg", 1, 0.2}, Case{"sound_opus.ogg", 1, 0.3}}) {
    SoundFormat format;
    const std::vector<float> samples = read_sound(file_of(c.name), &format);
    EXPECT_EQ(format.channels, c.channels) << c.name;
    ASSERT_EQ(std::ssize(samples), 480 * c.channels) << c.name;
    for (Index i = 0; i < std::ssize(samples); ++i) {
      const Index channel = i % c.channels;
      const auto tone = sine(480, 440 + 110 * double(channel), 8000);
      ASSERT_NEAR(samples[static_cast<std::size_t>(i)],
                  tone[static_cast<std::size_t>(i / c.channels)], c.largest_error)
          << c.name << ", " << i;
    }
  }
  EXPECT_NE(message_of([] { read_sound(file_of("sound_adpcm.wav")); }).find("compressed"),
            std::string::npos);
}

TEST_F(SoundTest, WritesWhatItReadInItsFormat) {
  for (const Kind& kind :
       {Kind{".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 1.0 / 127},
        Kind{".wav", kWave16, 1.0 / 32767}, Kind{".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 2e-7},
        Kind{".wav", SF_FORMAT_WAV | SF_FORMAT_PCM_32, 1e-7},
        Kind{".wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 0},
        Kind{".wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_16, 1.0 / 32767},
        Kind{".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 1.0 / 32767},
        Kind{".flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 2e-7},
        Kind{".ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 0.1}}) {
    for (const Index channels : {1, 2, 8}) {
      const SoundFormat format{16000, channels, kind.kind};
      const std::vector<float> samples = sine(3000 * channels, 300, 16000 * double(channels));
      const std::string file = path(std::string("x") + kind.ending);
      write_sound(file, samples, format);
      SoundFormat read_format;
      const std::vector<float> back = read_sound(file, &read_format);
      EXPECT_EQ(read_format.kind, kind.kind);
      EXPECT_EQ(read_format.rate, 16000);
      EXPECT_EQ(read_format.channels, channels);
      ASSERT_EQ(back.size(), samples.size()) << kind.ending << " " << kind.kind;
      double largest = 0;
      for (std::size_t i = 0; i < back.size(); ++i) {
        largest = std::max(largest, std::abs(double(back[i]) - double(samples[i])));
      }
      EXPECT_LE(largest, kind.largest_error) << kind.ending << " " << kind.kind;
    }
  }
}

TEST_F(SoundTest, ClipsWhatWholeNumbersCannotHold) {
  write_sound(path("x.wav"), {1.5F, -1.5F, 0.25F}, {8000, 1, kWave16});
  const std::vector<float> back = read_sound(path("x.wav"));
  EXPECT_NEAR(back[0], 1, 1e-4);
  EXPECT_EQ(back[1], -1);
  EXPECT_NEAR(back[2], 0.25, 1e-4);
  write_sound(path("f.wav"), {1.5F, -1.5F}, {8000, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT});
  EXPECT_EQ(read_sound(path("f.wav")), (std::vector<float>{1.5F, -1.5F}));
}

TEST_F(SoundTest, RefusesAnEndingOfAnotherFormat) {
  EXPECT_THROW(SoundWriter(path("x.flac"), {8000, 1, kWave16}), Error);
  EXPECT_FALSE(std::filesystem::exists(path("x.flac")));
}

TEST_F(SoundTest, LeavesNothingBehindUnfinished) {
  { SoundWriter(path("x.wav"), {8000, 1, kWave16}); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SoundTest, DoesNotTrustTheLengthAHeaderClaims) {
  write_sound(path("x.wav"), sine(1000, 100, 8000), {8000, 1, kWave16});
  std::string bytes = bytes_of(path("x.wav"));
  for (const std::size_t at : {std::size_t{4}, bytes.find("data") + 4}) {
    for (const char* length : {"\xff\xff\xff\x7f", "\xff\xff\xff\xff"}) {
      std::string lying = bytes;
      lying.replace(at, 4, length, 4);
      EXPECT_EQ(read_sound(write("lying.wav", lying)).size(), 1000U);
    }
  }
  EXPECT_LT(read_sound(write("short.wav", bytes.substr(0, 600))).size(), 300U);
}

TEST_F(SoundTest, RefusesClaimsThatMakeNoSense) {
  write_sound(path("x.wav"), sine(100, 100, 8000), {8000, 1, kWave16});
  const std::string bytes = bytes_of(path("x.wav"));
  std::string channels = bytes, rate = bytes;
  channels.replace(22, 2, "\xff\x7f", 2);
  EXPECT_NE(message_of([&] { read_sound(write("c.wav", channels)); }).find("c.wav"),
            std::string::npos);
  rate.replace(24, 4, std::string(4, '\0'));
  EXPECT_NE(message_of([&] { read_sound(write("r.wav", rate)); }).find("r.wav"), std::string::npos);
  EXPECT_NE(message_of([&] { read_sound(write("h.wav", bytes.substr(0, 20))); }).find("h.wav"),
            std::string::npos);
  EXPECT_NE(message_of([&] { read_sound(write("n.wav", "no sound")); }).find("give WAV"),
            std::string::npos);
}

TEST_F(SoundTest, NamesTheSampleThatIsNoNumber) {
  std::vector<float> samples(2000, 0.5F);
  samples[1501] = std::numeric_limits<float>::quiet_NaN();
  write_sound(path("x.wav"), samples, {8000, 2, SF_FORMAT_WAV | SF_FORMAT_FLOAT});
  EXPECT_NE(message_of([&] { read_sound(path("x.wav")); }).find("sample 751 of channel 2 is NaN"),
            std::string::npos);
}

TEST_F(SoundTest, BringsRecordingsToTheRateOfMost) {
  write_sound(path("a.wav"), sine(8000, 440, 8000), {8000, 1, kWave16});
  write_sound(path("b.wav"), sine(8000, 440, 8000), {8000, 1, kWave16});
  write_sound(path("c.wav"), sine(44100, 440, 44100), {44100, 1, kWave16});
  write_sound(path("d.wav"), std::vector<float>(500), {8000, 1, kWave16});
  write("notes.txt", "x");
  options_.pictures = true;
  const Table table = read_table(folder_, options_);
  ASSERT_TRUE(table.sounds);
  EXPECT_EQ(table.sounds->rate(), 8000);
  EXPECT_EQ(table.row_names, (std::vector<std::string>{"a.wav", "b.wav", "c.wav"}));
  EXPECT_EQ(table.warnings.size(), 2U);  // the silent one, and the notes
  EXPECT_NEAR(double(table.sounds->samples(2)), 8000, 2);
  EXPECT_NEAR(table.sounds->power(2), 0.125, 1e-3);
  // Resampled, it is in step with the one that came at that rate.
  std::vector<float> original(4000), resampled(4000);
  table.sounds->read(0, 2000, 4000, original.data());
  table.sounds->read(2, 2000, 4000, resampled.data());
  for (std::size_t i = 0; i < original.size(); ++i) EXPECT_NEAR(original[i], resampled[i], 2e-3);
}

TEST_F(SoundTest, IsSilentBesideARecording) {
  write_sound(path("a.wav"), {0.25F, 0.5F}, {8000, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT});
  options_.pictures = true;
  const Table table = read_table(path("a.wav"), options_);
  std::vector<float> around(5, 1);
  table.sounds->read(0, -2, 5, around.data());
  EXPECT_EQ(around, (std::vector<float>{0, 0, 0.25F, 0.5F, 0}));
  table.sounds->read(0, 7, 5, around.data());
  EXPECT_EQ(around, (std::vector<float>(5)));
}

}  // namespace
}  // namespace hourglass
