#include "task/hole_filler.h"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "base/error.h"
#include "task/hole_borders.h"
#include "task/picture_cleaning.h"

namespace hourglass {
namespace {

// Every channel of missing pixels becomes what `from` has there.
template <class From>
void put_into_holes(Image& image, const Holes& holes, const From& from) {
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (holes[i / static_cast<std::size_t>(image.channels)] != 0) image.pixels[i] = from(i);
  }
}

bool knows_black(const Encoding& encoding) {
  return encoding.unit_interval ||
         std::ranges::none_of(encoding.columns,
                              [](const ColumnEncoding& column) { return column.observed_min < 0; });
}

}  // namespace

double white_of(const Encoding& encoding) {
  if (encoding.unit_interval) return 1;
  double largest = 0;
  for (const ColumnEncoding& column : encoding.columns) {
    largest = std::max(largest, column.observed_max);
  }
  for (const double white : {1.0, 255.0, 65535.0}) {
    if (largest <= white) return white;
  }
  return largest;
}

void clamp_in_holes(const Encoding& encoding, const Holes& holes, Image& image) {
  if (!knows_black(encoding)) return;
  const auto white = static_cast<float>(white_of(encoding));
  put_into_holes(image, holes,
                 [&](std::size_t i) { return std::clamp(image.pixels[i], 0.0F, white); });
}

void mix(const Image& other, double share, Image& filled) {
  const auto own = static_cast<float>(share);
  for (std::size_t i = 0; i < filled.pixels.size(); ++i) {
    filled.pixels[i] = own * filled.pixels[i] + (1 - own) * other.pixels[i];
  }
}

HoleFiller::HoleFiller(const TrainedModel& model, ThreadPool& pool)
    : saved_(model.saved), denoiser_(model, pool) {}

std::optional<Image> HoleFiller::estimate(const Image& known, const Holes& holes,
                                          const std::string& name) {
  const std::vector<Index>& shape = saved_.encoding.sample_shape;
  if (!saved_.linear.estimate || known.height != shape[0] || known.width != shape[1]) return {};
  if (!linear_ || !linear_->is_for(holes)) linear_.emplace(*saved_.linear.estimate, holes);
  if (!linear_->takes(known)) return {};
  Image estimated = known;
  if (!linear_->fill(estimated)) {
    data_error(fmt::format(
        "{} has no linear estimate: its numbers are far from all that the model learned from, or "
        "the model's file is broken",
        name));
  }
  return estimated;
}

void HoleFiller::fill(Image& image, const Holes& holes, const std::string& name, Index passes,
                      const std::function<void(double)>& progress) {
  const std::vector<Index>& shape = saved_.encoding.sample_shape;
  if (!denoiser_.takes_any_size() && (image.height != shape[0] || image.width != shape[1])) {
    data_error(
        fmt::format("{} is {} x {} and the model takes whole images of {} x {}: give such, or "
                    "train one on a folder of pictures of any sizes",
                    name, image.height, image.width, shape[0], shape[1]));
  }
  const auto white = static_cast<float>(white_of(saved_.encoding));
  const float unit = image.bit_depth == 32 ? 1 : white;
  Image known = image;
  for (float& pixel : known.pixels) pixel *= unit;
  Image seen = known;
  put_into_holes(seen, holes, [](std::size_t) { return std::numeric_limits<float>::quiet_NaN(); });
  const std::optional<Image> by_estimate = estimate(known, holes, name);
  Image filled;
  for (Index pass = 0; pass < passes; ++pass) {
    std::function<void(double)> of_all;
    if (progress) {
      of_all = [&](double share) {
        progress((static_cast<double>(pass) + share) / static_cast<double>(passes));
      };
    }
    filled = seen;
    clean_image(filled, name, ColourBy::kChannel, denoiser_, of_all);
    // What is known too, which the estimate has as it is: at the border of a hole the mixture then
    // differs from it by as much as inside.
    if (by_estimate) mix(*by_estimate, saved_.linear.network_share, filled);
    meet_known(known, holes, filled);
    clamp_in_holes(saved_.encoding, holes, filled);
    seen = filled;
  }
  put_into_holes(image, holes, [&](std::size_t i) { return filled.pixels[i] / unit; });
}

}  // namespace hourglass
