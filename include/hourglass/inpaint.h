#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/model.h"

namespace hourglass {

struct InpaintOptions {
  /// What is missing, where it is not zero: a picture, a folder with one of the same name for each,
  /// or an array; a single one may go with all pictures. Empty, for arrays: where they are NaN.
  std::string mask;
  /// The pictures without holes, to measure by, as DenoiseOptions::clean.
  std::string clean;
  /// How often pictures pass through the model, at least once: after the first time it sees the
  /// holes as they were filled before.
  std::int64_t passes = 1;
  std::string key = "X";  ///< the array to take from an .npz
};

/// One picture; figures are NaN where there is no clean one or no hole, and the similarity also
/// where no window of 11 × 11 pixels lies around a missing one.
struct InpaintedPicture {
  std::string name;  ///< of its file; of one in an array its number, counted from 1
  std::int64_t pixels = 0;
  std::int64_t missing = 0;  ///< pixels
  double psnr = 0;           ///< in dB, of the missing pixels, as they are written
  double ssim = 0;           ///< structural similarity over windows around missing pixels
};

struct InpaintReport {
  std::vector<InpaintedPicture> pictures;
  /// In dB, of the squared error over the missing pixels of all pictures together; NaN as above.
  double psnr_of_all = 0;
  std::vector<std::string> warnings;  ///< what was left out or left as it was, a line each
};

/// Fills holes of pictures with a model of images, best one trained with job = inpaint: a file, a
/// folder or an array, as denoise() takes them. Known pixels come out as they were, bit for bit (of
/// arrays: as float32); what is filled in meets them at the border. A model of pictures of any
/// sizes takes any; one of images of one size takes those. Arrays are in the units that the
/// model learned, and may be NaN where something is missing; of files, black is 0 and white what it
/// was there: 1, 255 or 65535. A picture with no hole is copied, with a warning. Throws kUsage for
/// a model that is not of images, no mask or an output that could not hold the result, kData for
/// input that cannot be read, a picture of which nothing is known, and pictures, masks and clean
/// ones that do not fit each other. Each file appears whole or not at all.
HOURGLASS_API InpaintReport inpaint(const Model& model, const std::string& input,
                                    const std::string& output, const InpaintOptions& options,
                                    const RunOptions& run = {});

}  // namespace hourglass
