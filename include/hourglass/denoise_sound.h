#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/model.h"

namespace hourglass {

/// One recording; figures are NaN where there is no clean one.
struct DenoisedSound {
  std::string name;  ///< of its file
  double seconds = 0;
  std::int64_t rate = 0;  ///< samples a second
  std::int64_t channels = 0;
  /// Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019) in dB, as it came and as it
  /// is written; the mean over channels.
  double noisy_si_sdr = 0;
  double si_sdr = 0;
};

struct DenoiseSoundReport {
  std::vector<DenoisedSound> sounds;
  std::vector<std::string> warnings;  ///< what was left out of what was read, a line each
};

/// Whether denoise_sound() can be asked of a model: it was trained on recordings of sound.
HOURGLASS_API bool denoises_sound(const Model& model);

/// Takes the noise out of a file of sound (WAV, FLAC, Ogg) or of each in a folder, every channel by
/// itself, with a model of sound. What is written has the length, rate, channels, container and
/// sample format of what came. `output`: a file, or a folder for a folder; empty: nothing is
/// written. `clean`: the same without noise, a file or a folder with files of the same names;
/// empty: nothing is measured. Each file appears whole or not at all; memory does not grow with its
/// length. Throws kUsage for a model that is not of sound or an output that could not hold the
/// result or would overwrite what is read, kData for input that cannot be read, and for clean sound
/// that is missing or of another length, rate or number of channels.
HOURGLASS_API DenoiseSoundReport denoise_sound(const Model& model, const std::string& input,
                                               const std::string& output,
                                               const std::string& clean = {},
                                               const RunOptions& run = {});

}  // namespace hourglass
