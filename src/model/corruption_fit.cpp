#include "model/corruption_fit.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/error.h"

namespace hourglass {
namespace {

void check_one(const CorruptionSpec& spec, const DataShape& shape, const std::string& noise_from) {
  const CorruptionInfo& row = info(spec.corruption);
  const std::string given = print_corruption(spec);
  if (row.acts_on == CorruptionActsOn::kImages && !shape.image) {
    usage_error(
        fmt::format("corrupt = {} cuts holes into images, and these samples are none: use "
                    "masking:{} for a table",
                    given, spec.high));
  }
  if (row.acts_on == CorruptionActsOn::kNumericFeatures && !shape.has_numbers) {
    usage_error(
        fmt::format("corrupt = {} acts on numbers, and every column holds categories: use "
                    "masking, e.g. masking:0.2",
                    given));
  }
  if (row.needs_recording && noise_from.empty()) {
    usage_error(
        fmt::format("corrupt = {} needs a recording to take noise from: give "
                    "--noise-from FILE, or use gaussian noise, e.g. gaussian:0.1",
                    given));
  }
}

// Up to half of the columns; less would leave categories to be copied.
constexpr CorruptionSpec kMaskedColumns = {Corruption::kMasking, 0, 0.5};

void check_holes(const ModelSpec& spec) {
  const auto cuts = [](const CorruptionSpec& corruption) {
    return info(corruption.corruption).acts_on != CorruptionActsOn::kNumericFeatures;
  };
  if (!spec.holes_alone || std::ranges::any_of(spec.corruptions, cuts)) return;
  usage_error(
      "holes_alone counts errors in holes and no corruption cuts any: give e.g. corrupt = "
      "holes:0.02-0.5, or leave holes_alone out");
}

}  // namespace

// What noise is taken from is meant to be heard, whether or not a corruption says so.
static void add_recording(ModelSpec& spec) {
  const auto is_recording = [](const CorruptionSpec& corruption) {
    return info(corruption.corruption).needs_recording;
  };
  if (spec.noise_from.empty() || std::ranges::any_of(spec.corruptions, is_recording)) return;
  if (spec.fit_corruptions) spec.corruptions.clear();
  spec.corruptions.push_back(parse_corruption("corrupt", "recording"));
}

void fit_corruptions(ModelSpec& spec, const DataShape& shape) {
  add_recording(spec);
  for (CorruptionSpec& corruption : spec.corruptions) {
    if (!corruption.is_open()) continue;
    corruption.low = spec.snr.low;
    corruption.high = spec.snr.high;
  }
  if (!spec.fit_corruptions) return;
  spec.fit_corruptions = false;
  if (!spec.noisy_from.empty()) spec.corruptions.clear();
  // Of some for images and some for others those stay that are meant.
  const auto is_of_images = [](const CorruptionSpec& corruption) {
    return info(corruption.corruption).acts_on == CorruptionActsOn::kImages;
  };
  if (std::ranges::any_of(spec.corruptions, is_of_images)) {
    std::erase_if(spec.corruptions,
                  [&](const auto& each) { return is_of_images(each) != shape.image; });
  }
  if (!shape.has_categories) return;
  if (!shape.has_numbers) spec.corruptions.clear();
  std::erase_if(spec.corruptions,
                [](const auto& each) { return each.corruption == Corruption::kMasking; });
  spec.corruptions.push_back(kMaskedColumns);
}

void check_corruption_fits(const ModelSpec& spec, const DataShape& shape,
                           std::vector<std::string>* notes) {
  const auto on_columns = [](const CorruptionSpec& corruption) {
    return info(corruption.corruption).acts_on == CorruptionActsOn::kWholeColumns;
  };
  check_holes(spec);
  const bool leaves_categories =
      shape.has_categories && std::ranges::none_of(spec.corruptions, on_columns);
  for (const CorruptionSpec& corruption : spec.corruptions) {
    check_one(corruption, shape, spec.noise_from);
    if (leaves_categories && notes != nullptr) {
      notes->push_back(
          fmt::format("corrupt = {} acts on the numeric columns alone; masking acts "
                      "on categories too",
                      print_corruption(corruption)));
    }
  }
}

}  // namespace hourglass
