#include "data/image_rows.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "data/array_table.h"
#include "data/missing.h"

namespace hourglass {
namespace {

std::string described(const Image& image) {
  return fmt::format("{} pixels high and {} wide in {}", image.height, image.width,
                     image.channels == 1 ? "grey" : "colour");
}

std::string and_others(const NamedImages& images) {
  if (images.count == 1) return images.first;
  return fmt::format("{} and {} more image{}", images.first, images.count - 1,
                     images.count == 2 ? "" : "s");
}

}  // namespace

ImageRows::ImageRows(std::string source, const ReadOptions& options) : options_(options) {
  table_.source = std::move(source);
  table_.unit_interval = true;
}

void ImageRows::add(const Image& image, const std::string& name) {
  if (seen_ == 0) start(image, name);
  check_shape(image, name);
  if (!image.alpha.empty()) with_alpha_.add(name);
  if (image.had_more_pages) with_pages_.add(name);
  if (image.is_turned) turned_.add(name);
  const bool kept = keeps(image, name);
  if (!kept) table_.left_out_rows.push_back(seen_);
  ++seen_;
  if (!kept) return;
  append(image);
  table_.row_names.push_back(name);
  table_.bit_depths.push_back(image.bit_depth);
}

Table ImageRows::finish() {
  HOURGLASS_CHECK(seen_ > 0);
  table_.store = make_row_store(writer_->finish(), layout_);
  if (with_alpha_.count > 0) {
    table_.warnings.push_back(fmt::format("{}: the transparency of {} was left out", table_.source,
                                          and_others(with_alpha_)));
  }
  if (with_pages_.count > 0) {
    table_.warnings.push_back(fmt::format("{}: only the first picture of {} was read",
                                          table_.source, and_others(with_pages_)));
  }
  if (turned_.count > 0) {
    table_.warnings.push_back(fmt::format(
        "{}: the orientation tag of {} was ignored, pixels are taken as they are stored; to have "
        "them as they are shown, turn copies of the files first (mogrify -auto-orient)",
        table_.source, and_others(turned_)));
  }
  report_left_out_rows(&table_, table_.rows());
  apply_column_options(options_, &table_);
  return std::move(table_);
}

void ImageRows::start(const Image& image, const std::string& name) {
  first_name_ = name;
  first_.height = image.height;
  first_.width = image.width;
  first_.channels = image.channels;
  table_.sample_shape = {image.height, image.width};
  if (image.channels > 1) table_.sample_shape.push_back(image.channels);
  layout_.cols = image.values();
  layout_.type = image.bit_depth == 32 ? find_element_type('f', 4)
                                       : find_element_type('u', image.bit_depth / 8);
  layout_.divisor = image.bit_depth == 32 ? 1 : image.bit_depth == 16 ? 65535 : 255;
  writer_.emplace(static_cast<std::uint64_t>(options_.memory_limit_bytes), options_.scratch_folder);
}

void ImageRows::check_shape(const Image& image, const std::string& name) const {
  if (image.height == first_.height && image.width == first_.width &&
      image.channels == first_.channels) {
    return;
  }
  data_error(
      fmt::format("{}: {} is {}, but {} is {}; give images of one size and kind, or put "
                  "them into a folder for each",
                  table_.source, first_name_, described(first_), name, described(image)));
}

// Whether the row stays; floating-point pixels may be no numbers.
bool ImageRows::keeps(const Image& image, const std::string& name) {
  if (image.bit_depth != 32) return true;
  table_.unit_interval = false;
  const auto hole =
      std::ranges::find_if(image.pixels, [](float value) { return !std::isfinite(value); });
  if (hole == image.pixels.end() || options_.missing == MissingPolicy::kImpute) {
    layout_.has_missing = layout_.has_missing || hole != image.pixels.end();
    return true;
  }
  if (options_.missing == MissingPolicy::kDrop) return false;
  const Index pixel = (hole - image.pixels.begin()) / image.channels;
  data_error(fmt::format("{}: {}, pixel {},{} (row, column) is {}{}", table_.source, name,
                         pixel / image.width + 1, pixel % image.width + 1,
                         std::isnan(*hole) ? "NaN" : "infinite", missing_advice()));
}

void ImageRows::append(const Image& image) {
  const bool as_float = layout_.type->kind == 'f';
  if (!as_float && image.bit_depth != 8 * layout_.type->size) widen_to_float();
  if (layout_.type->kind == 'f') {
    writer_->append(image.pixels.data(), image.pixels.size() * sizeof(float));
  } else {
    const auto levels = levels_of_pixels(image.pixels.data(), image.values(), image.bit_depth);
    writer_->append(levels.data(), levels.size());
  }
  ++layout_.rows;
}

// Images of unlike bits a value have only this in common.
void ImageRows::widen_to_float() {
  const auto narrow = make_row_store(writer_->finish(), layout_);
  writer_.emplace(static_cast<std::uint64_t>(options_.memory_limit_bytes), options_.scratch_folder);
  std::vector<double> row(static_cast<std::size_t>(layout_.cols));
  std::vector<float> wide(row.size());
  for (Index r = 0; r < layout_.rows; ++r) {
    narrow->read(r, r + 1, row.data());
    std::ranges::transform(row, wide.begin(), [](double v) { return static_cast<float>(v); });
    writer_->append(wide.data(), wide.size() * sizeof(float));
  }
  layout_.type = find_element_type('f', 4);
  layout_.divisor = 1;
}

}  // namespace hourglass
