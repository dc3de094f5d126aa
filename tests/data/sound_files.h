#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "data/sound_reader.h"
#include "data/sound_writer.h"

namespace hourglass {

inline std::vector<float> sine(Index count, double hertz, double rate, double amplitude = 0.5) {
  std::vector<float> samples;
  for (Index i = 0; i < count; ++i) {
    samples.push_back(static_cast<float>(
        amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate)));
  }
  return samples;
}

inline void write_sound(const std::string& path, const std::vector<float>& interleaved,
                        const SoundFormat& format) {
  SoundWriter writer(path, format);
  writer.write(interleaved.data(), std::ssize(interleaved) / format.channels);
  writer.finish();
}

inline std::vector<float> read_sound(const std::string& path, SoundFormat* format = nullptr) {
  SoundReader reader{InputFile(path)};
  if (format != nullptr) *format = reader.format();
  std::vector<float> all;
  const auto channels = static_cast<std::size_t>(reader.format().channels);
  std::vector<float> block(777 * channels);
  for (Index count = 777; count == 777;) {
    count = reader.read(block.data(), 777);
    all.insert(all.end(), block.begin(), block.begin() + count * static_cast<Index>(channels));
  }
  return all;
}

}  // namespace hourglass
