#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"

namespace hourglass {

struct SampleCorruption;

/// What a denoising autoencoder does to its input; the clean sample stays the target.
enum class Corruption {
  kGaussian,
  kMasking,
  kSaltPepper,
  kOnes,
  kCauchy,
  kUniform,
  kRectangles,
  kStrokes,
  kPixels,
  kHoles,
  kRecording,
  kWhite,
  kWarp,
};

/// What a corruption can act on. Those on numeric features leave categories as they are.
enum class CorruptionActsOn { kNumericFeatures, kWholeColumns, kImages };

struct CorruptionInfo {
  Corruption corruption;
  std::string_view name;   ///< "gaussian", "salt-pepper"
  std::string_view level;  ///< what its number is: "standard deviation", "share of features"
  double lowest, highest;  ///< levels it takes
  CorruptionActsOn acts_on;
  bool needs_recording;
  bool level_is_a_value;         ///< in the units of the features, as a standard deviation is
  bool level_is_a_ratio;         ///< of signal to noise in dB; may be left open (NaN)
  std::string_view description;  ///< completes "gaussian:LEVEL …"
  void (*apply)(const SampleCorruption& sample);
};
std::span<const CorruptionInfo> corruptions();
const CorruptionInfo& info(Corruption corruption);

/// Levels that one is drawn from for each sample: [low, high].
struct LevelRange {
  double low = 0;
  double high = 0;
};

/// One corruption of a model's list. A signal-to-noise ratio that is left open is NaN.
struct CorruptionSpec {
  Corruption corruption = Corruption::kGaussian;
  double low = 0;
  double high = 0;

  bool is_open() const;
};

/// Of both ends, what signal-to-noise ratios in dB may be.
inline constexpr double kLowestRatio = -100, kHighestRatio = 200;

/// "gaussian:0.3", "masking:0-0.5", "white" (open). Throws ErrorKind::kUsage "<key> = <text> …:
/// give …".
CorruptionSpec parse_corruption(const std::string& key, const std::string& text);
std::string print_corruption(const CorruptionSpec& spec);

/// "gaussian:LEVEL adds normal noise …" for each kind, as one sentence for help.
std::string corruption_list();

}  // namespace hourglass
