#include "data/sound_bands.h"

#include <sndfile.h>

#include "reader_files.h"
#include "sound_files.h"

namespace hourglass {
namespace {

using SoundBandsTest = ReaderTest;

std::vector<double> row_of(SoundBands& bands, const std::vector<std::vector<float>>& channels) {
  std::vector<double> row(static_cast<std::size_t>(bands.columns()));
  bands.push(channels);
  EXPECT_TRUE(bands.finish(row.data()));
  return row;
}

// Where its mean is, of 96 numbers.
std::size_t loudest_band(const double* row) {
  std::size_t loudest = 0;
  for (std::size_t i = 0; i < 96; i += 3) {
    if (row[i] > row[loudest]) loudest = i;
  }
  return loudest;
}

TEST_F(SoundBandsTest, TellsWhereInTheSpectrumAToneIs) {
  SoundBands bands(8000);
  const std::vector<double> row = row_of(bands, {sine(8000, 1000, 8000, 1)});
  const std::vector<std::string> names = bands.names();
  ASSERT_EQ(row.size(), names.size());
  const std::size_t loudest = loudest_band(row.data());
  const double hertz = std::stod(names[loudest].substr(names[loudest].find("at ") + 3));
  EXPECT_NEAR(hertz, 1000, 80) << names[loudest];
  // All of a tone of full power is in its band, but for the weights that its bins have in it.
  EXPECT_GT(row[loudest], -12);
  EXPECT_LT(row[loudest], 0);
  EXPECT_LT(row[loudest + 1], 0.5);                  // it does not change
  EXPECT_NEAR(row[loudest + 2], row[loudest], 0.5);  // nor has it a peak
}

TEST_F(SoundBandsTest, DoesNotDependOnHowItIsCut) {
  SoundBands bands(8000);
  const std::vector<float> sound = sine(5000, 333, 8000);
  const std::vector<double> whole = row_of(bands, {sound});
  std::vector<double> row(whole.size());
  for (std::size_t at = 0; at < sound.size(); at += 100) {
    bands.push({{sound.begin() + std::ptrdiff_t(at), sound.begin() + std::ptrdiff_t(at + 100)}});
  }
  EXPECT_TRUE(bands.finish(row.data()));
  EXPECT_EQ(row, whole);
  EXPECT_FALSE(bands.finish(row.data()));
  bands.push({{}, {}});
  EXPECT_FALSE(bands.finish(row.data()));
}

TEST_F(SoundBandsTest, AveragesPowersOverChannels) {
  SoundBands bands(8000);
  const std::vector<float> sound = sine(5000, 500, 8000);
  const std::vector<double> alone = row_of(bands, {sound});
  EXPECT_EQ(row_of(bands, {sound, sound}), alone);
  const std::vector<double> half = row_of(bands, {sound, std::vector<float>(5000)});
  const std::size_t loudest = loudest_band(alone.data());
  EXPECT_NEAR(half[loudest], alone[loudest] - 3.01, 0.01);
}

TEST_F(SoundBandsTest, FilesBecomeRowsWhateverTheirLengths) {
  constexpr int kWave = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
  write_sound(path("a.wav"), sine(9000, 440, 8000), {8000, 1, kWave});
  write_sound(path("b.wav"), {0.5F}, {8000, 1, kWave});
  write_sound(path("c.wav"), std::vector<float>(4000), {8000, 2, kWave});
  write_sound(path("d.wav"), sine(22050, 440, 44100), {44100, 1, kWave});
  const Table table = read_table(folder_, options_);
  EXPECT_EQ(table.rate, 8000);
  EXPECT_EQ(table.rows(), 4);
  EXPECT_EQ(table.cols(), 96);
  EXPECT_EQ(table.row_names, (std::vector<std::string>{"a.wav", "b.wav", "c.wav", "d.wav"}));
  std::vector<double> rows(4 * 96);
  table.store->read(0, 4, rows.data());
  EXPECT_EQ(rows[2 * 96], -100);  // silence
  const std::size_t loudest = loudest_band(rows.data());
  EXPECT_NEAR(rows[3 * 96 + loudest], rows[loudest], 0.3);  // the same at another rate
  options_.columns = {table.columns[5].name, "1"};
  EXPECT_EQ(read_table(path("a.wav"), options_).cols(), 2);
}

TEST_F(SoundBandsTest, RefusesAFileOfNoSamples) {
  write_sound(path("a.wav"), {}, {8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16});
  try {
    read_table(path("a.wav"), options_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_NE(std::string(error.what()).find("no samples"), std::string::npos);
  }
}

}  // namespace
}  // namespace hourglass
