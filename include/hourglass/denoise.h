#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/model.h"

namespace hourglass {

struct DenoiseOptions {
  /// The pictures without noise, to measure by: a folder with files of the same names, or for one
  /// picture or array the file itself; empty: nothing is measured.
  std::string clean;
  /// What a grey model does to pictures in colour: it cleans each of the three colours by itself
  /// or, with this, their brightness alone, which is three times as fast and leaves coloured noise.
  bool luminance_alone = false;
  /// The mean of what is made of a picture turned and mirrored in all eight ways: a little better,
  /// in eight times the time. Only of models whose own pictures are square, as all are that learned
  /// from patches.
  bool turns = false;
  std::string key = "X";  ///< the array to take from an .npz
};

/// One picture; figures are NaN where there is no clean one, and the similarity also of pictures
/// of less than 11 pixels a side.
struct DenoisedPicture {
  std::string name;  ///< of its file; of one in an array its number, counted from 1
  std::int64_t pixels = 0;
  double noisy_psnr = 0;  ///< in dB, as it came
  double psnr = 0;        ///< in dB, as it is written
  double ssim = 0;        ///< structural similarity (Wang et al. 2004), as it is written
};

struct DenoiseReport {
  std::vector<DenoisedPicture> pictures;
  std::vector<std::string> warnings;  ///< what was left out of what was read, a line each
};

/// Whether denoise() can be asked of a model: it was trained on images, in their own unit.
HOURGLASS_API bool denoises_pictures(const Model& model);

/// Takes the noise out of pictures of any sizes with a model trained on images: a file, a folder of
/// them, or an array (n × height × width, height × width, either with three colours behind), whose
/// numbers are taken as 0 for black and 1 for white. Pictures are written as they came, in the same
/// bits a value, clipped and rounded, under the same names (JPEG becomes PNG); arrays as float32,
/// not clipped. `output`: a file, or a folder for a folder; empty: nothing is written. Each
/// file appears whole or not at all. Memory beside a picture is bounded. Throws kUsage for a model
/// that does not denoise pictures, or cannot turn them where that is asked, or an output that could
/// not hold the result, kData for input that cannot be read, for a grey picture and a model of
/// coloured ones, and for clean pictures that are missing or of another size.
HOURGLASS_API DenoiseReport denoise(const Model& model, const std::string& input,
                                    const std::string& output, const DenoiseOptions& options = {},
                                    const RunOptions& run = {});

}  // namespace hourglass
