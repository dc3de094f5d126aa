#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "data/image.h"

namespace hourglass {

/// What goes with each picture worked on: the same without noise, or a mask.
struct PictureCompanion {
  /// A picture, a folder with one of the same name for each, or an array of as many; empty: none.
  std::string path;
  std::string what;             ///< "clean pictures", for messages
  bool of_any_colours = false;  ///< only its sides have to be the picture's
  bool one_for_all = false;     ///< a single one may go with every picture
};

/// A way through pictures: a file, a folder of them, or an array.
struct PictureWalk {
  std::string input;
  /// A file, or a folder for a folder (and, if it is one or ends in "/", for a file); empty:
  /// nothing is written.
  std::string output;
  std::vector<PictureCompanion> companions;
  std::string key;  ///< the array to take from an .npz
  /// Numbers of a greater magnitude in arrays of pictures are refused.
  double largest = std::numeric_limits<double>::infinity();

  bool may_lack_pixels = false;  ///< arrays may hold NaN

  /// Changes the picture into what is to be written; a companion's is null where it has no path.
  using Work = std::function<void(Image& image, const std::vector<const Image*>& companions,
                                  const std::string& name)>;
  Work work;
  /// After the last picture of an array and before the output is there; what it throws leaves none.
  std::function<void()> check = [] {};
};

/// Works on one picture after the other and writes each, whole or not at all: with the bits it came
/// with, clipped and rounded, under its name (JPEG becomes PNG); arrays as float32, not clipped.
/// Returns what was left out of what was read, a line each. Throws ErrorKind::kData for what
/// cannot be read, for companions that are missing or of another size, and kUsage for an output
/// that could not hold the result or would overwrite the input.
std::vector<std::string> run(const PictureWalk& walk);

/// What a file of the image's bits holds of it: whole levels. Floats stay as they are.
void round_to_levels(Image& image);

}  // namespace hourglass
