#pragma once

#include <vector>

#include "data/corruption.h"
#include "data/encoding.h"
#include "data/recording.h"
#include "kernel/noise.h"

namespace hourglass {

/// What holes in images are filled with, in scaled units: the mean, where scaling makes that 0,
/// else the middle of the range, as 0 would be black and no hole to be told from what is black.
float blank_of(const Encoding& encoding);

/// What corruptions know about the features they act on.
struct CorruptibleFeatures {
  explicit CorruptibleFeatures(const Encoding& encoding);

  Index count = 0;
  std::vector<float> numeric;  ///< features: 1, or 0 for a category's, which noise is not added to
  std::vector<float> lowest, highest;  ///< features: over the training rows, or 0 and 1 as scaled
  /// features: the feature whose random number decides for this one too: the first of its column.
  /// Empty where that is always itself.
  std::vector<Index> decided_by;
  Index height = 0, width = 0, channels = 1;  ///< of an image; no height: no image
  float blank = 0;                            ///< what holes in an image are filled with
};

/// One sample being corrupted in place.
struct SampleCorruption {
  const CorruptibleFeatures& features;
  const Recording* recording;  ///< null where none is needed
  float level;
  float* values;  ///< features: the sample
  float* drawn;   ///< 2 · features: room for random numbers
  float* holes;   ///< features: what is cut out becomes 1

  std::array<std::uint32_t, 2> key;
  std::array<std::uint32_t, 3> place;  ///< of Philox's counter; [0] says what the numbers are for

  /// `stream` parts numbers drawn for one sample and corruption: 1 up (0 drew the level).
  NoiseSource source(std::uint32_t stream) const {
    return {key, {place[0] | stream << 24, place[1], place[2]}};
  }
  /// features uniform or normal numbers into `drawn`.
  const float* draw_uniform() const;
  const float* draw_normal() const;
  /// Blanks all channels of an image's pixel (row by row).
  void cut_out(Index pixel) const;
};

/// What a loop over the features reads, as plain numbers: through references the compiler would
/// have to fear that writing a value changes them, and not use vectors.
struct FeatureLoop {
  Index count;
  float level;
  float* values;
  const float* numeric;
};
inline FeatureLoop loop_over(const SampleCorruption& sample) {
  return {sample.features.count, sample.level, sample.values, sample.features.numeric.data()};
}

void corrupt_gaussian(const SampleCorruption& sample);
void corrupt_masking(const SampleCorruption& sample);
void corrupt_salt_pepper(const SampleCorruption& sample);
void corrupt_ones(const SampleCorruption& sample);
void corrupt_cauchy(const SampleCorruption& sample);
void corrupt_uniform(const SampleCorruption& sample);
void corrupt_rectangles(const SampleCorruption& sample);
/// The same with no rectangle larger than a part, in (0, 1], of what is to be covered.
void cut_rectangles(const SampleCorruption& sample, double largest_part);
void corrupt_strokes(const SampleCorruption& sample);
void corrupt_pixels(const SampleCorruption& sample);
void corrupt_holes(const SampleCorruption& sample);
void corrupt_recording(const SampleCorruption& sample);
void corrupt_white(const SampleCorruption& sample);
void corrupt_warp(const SampleCorruption& sample);

}  // namespace hourglass
