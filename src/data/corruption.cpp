#include "data/corruption.h"

#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include "base/error.h"
#include "base/nearest.h"
#include "data/corruption_kinds.h"

namespace hourglass {
namespace {

using enum CorruptionActsOn;

constexpr std::array<CorruptionInfo, 13> kTable = {{
    {Corruption::kGaussian, "gaussian", "standard deviation", 0, 1000, kNumericFeatures, false,
     true, false, "adds normal noise of that standard deviation", corrupt_gaussian},
    {Corruption::kMasking, "masking", "share of columns", 0, 1, kWholeColumns, false, false, false,
     "sets that share of the columns to 0", corrupt_masking},
    {Corruption::kSaltPepper, "salt-pepper", "share of features", 0, 1, kNumericFeatures, false,
     false, false, "sets that share of the features to their lowest or highest value",
     corrupt_salt_pepper},
    {Corruption::kOnes, "ones", "share of features", 0, 1, kNumericFeatures, false, false, false,
     "sets that share to the highest value", corrupt_ones},
    {Corruption::kCauchy, "cauchy", "scale", 0, 1000, kNumericFeatures, false, true, false,
     "adds Cauchy noise of that scale, cut off at 100 times as much", corrupt_cauchy},
    {Corruption::kUniform, "uniform", "half width", 0, 1000, kNumericFeatures, false, true, false,
     "adds noise uniform over ± that", corrupt_uniform},
    {Corruption::kRectangles, "rectangles", "share of the image", 0, 1, kImages, false, false,
     false, "cuts rectangular holes into an image that cover about that share", corrupt_rectangles},
    {Corruption::kStrokes, "strokes", "share of the image", 0, 1, kImages, false, false, false,
     "wipes about that share out of an image by strokes as of a brush", corrupt_strokes},
    {Corruption::kPixels, "pixels", "share of the image", 0, 1, kImages, false, false, false,
     "takes scattered pixels out of an image, that share of them", corrupt_pixels},
    {Corruption::kHoles, "holes", "share of the image", 0, 1, kImages, false, false, false,
     "takes about that share out of an image by rectangles, strokes or scattered pixels, each "
     "image by one of them",
     corrupt_holes},
    {Corruption::kRecording, "recording", "signal-to-noise ratio in dB", kLowestRatio,
     kHighestRatio, kNumericFeatures, true, false, true,
     "adds stretches of noise_from at that signal-to-noise ratio in dB", corrupt_recording},
    {Corruption::kWhite, "white", "signal-to-noise ratio in dB", kLowestRatio, kHighestRatio,
     kNumericFeatures, false, false, true, "adds normal noise at that signal-to-noise ratio in dB",
     corrupt_white},
    {Corruption::kWarp, "warp", "strength", 0, 1, kImages, false, false, false,
     "turns, slants, stretches and moves an image by up to 29 degrees, a half, 30 % and 10 % of "
     "its "
     "sides times that",
     corrupt_warp},
}};

constexpr double kOpen = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void refuse(const std::string& key, const std::string& text, const std::string& why,
                         const std::string& instead) {
  usage_error(fmt::format("{} = {} {}: {}", key, text, why, instead));
}

const CorruptionInfo& find(const std::string& key, const std::string& text,
                           const std::string& name) {
  std::vector<std::string> names;
  for (const CorruptionInfo& row : kTable) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  const std::string near = nearest_name(name, names);
  refuse(key, text, "is unknown",
         fmt::format("{}give one of {}, each with a level, e.g. gaussian:0.3",
                     near.empty() ? "" : fmt::format("did you mean {}? ", near),
                     fmt::join(names, ", ")));
}

// Takes a number off the front of `text`.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

bool CorruptionSpec::is_open() const { return std::isnan(low); }

std::span<const CorruptionInfo> corruptions() { return kTable; }

const CorruptionInfo& info(Corruption corruption) {
  return kTable[static_cast<std::size_t>(corruption)];
}

CorruptionSpec parse_corruption(const std::string& key, const std::string& text) {
  const std::size_t colon = text.find(':');
  const CorruptionInfo& row = find(key, text, text.substr(0, colon));
  const std::string wanted =
      fmt::format("give {}:LEVEL or {}:LOW-HIGH, the level being the {}, from {} to {}", row.name,
                  row.name, row.level, row.lowest, row.highest);
  if (colon == std::string::npos) {
    if (row.level_is_a_ratio) return {row.corruption, kOpen, kOpen};
    refuse(key, text, "has no level", wanted);
  }

  std::string_view rest = std::string_view(text).substr(colon + 1);
  const auto low = take_number(rest);
  auto high = low;
  if (low && rest.starts_with('-')) {
    rest.remove_prefix(1);
    high = take_number(rest);
  }
  if (!low || !high || !rest.empty()) {
    refuse(key, text, "has a level that is neither a number nor a range", wanted);
  }
  if (*low > *high) refuse(key, text, "has a range from high to low", wanted);
  if (*low < row.lowest || *high > row.highest) refuse(key, text, "is out of range", wanted);
  return {row.corruption, *low, *high};
}

std::string print_corruption(const CorruptionSpec& spec) {
  const std::string_view name = info(spec.corruption).name;
  if (spec.is_open()) return std::string(name);
  return spec.low == spec.high ? fmt::format("{}:{}", name, spec.low)
                               : fmt::format("{}:{}-{}", name, spec.low, spec.high);
}

std::string corruption_list() {
  std::string text;
  for (const CorruptionInfo& row : kTable) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", row.name, row.description);
  }
  return text;
}

}  // namespace hourglass
