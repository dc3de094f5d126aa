#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/index.h"
#include "data/input_file.h"

namespace hourglass {

/// What a file of sound says of itself.
struct SoundFormat {
  Index rate = 0;      ///< samples a second
  Index channels = 1;  ///< numbers a sample: 1 … 64
  int kind = 0;        ///< container and sample format, as sndfile.h numbers them
};

/// Whether a file is WAV (also RF64 and big-endian), FLAC or Ogg, told by its first bytes.
bool looks_like_sound(const InputFile& input);

/// Reads sound from its beginning to its end, a block at a time, in bounded memory. Numbers are in
/// [−1, 1] but for floating-point files, which are taken as they are. Used by one thread.
class SoundReader {
 public:
  /// Throws ErrorKind::kData for a file that is none of those formats, is broken or compressed by
  /// an uncommon kind, and for a rate or a number of channels that make no sense.
  explicit SoundReader(const InputFile& input);
  ~SoundReader();
  SoundReader(const SoundReader&) = delete;
  SoundReader& operator=(const SoundReader&) = delete;

  const SoundFormat& format() const;
  /// Up to `count` samples of all channels into `out`, count × channels; fewer at the end alone.
  /// What the header claims of its length is not trusted. Throws ErrorKind::kData for what cannot
  /// be decoded and for a number that is not finite, naming its place.
  Index read(float* out, Index count);
  /// The share of the file that has been read, 0 … 1.
  double fraction() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Samples that are read at a time where nothing else decides.
inline constexpr Index kSoundBlock = Index{1} << 14;

}  // namespace hourglass
