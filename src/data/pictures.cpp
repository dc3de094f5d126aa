#include "data/pictures.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "data/image_folder.h"
#include "data/mirrored.h"
#include "data/rows_without_cells.h"

namespace hourglass {

void Pictures::read(Index picture, Index top, Index left, Index height, Index width,
                    float* pixels) const {
  const Entry& from = entry(picture);
  const Index inside = std::clamp<Index>(from.width - left, 0, width);
  for (Index y = top; y < top + height; ++y) {
    const Index row = mirrored(y, from.height);
    if (inside > 0) read_row(from, row, left, inside, pixels);
    pixels += inside * channels_;
    for (Index x = left + inside; x < left + width; ++x, pixels += channels_) {
      read_row(from, row, mirrored(x, from.width), 1, pixels);
    }
  }
}

void Pictures::read_row(const Entry& from, Index y, Index x, Index count, float* pixels) const {
  const auto value_bytes = static_cast<std::uint64_t>(from.bit_depth / 8);
  const Index values = count * from.channels;
  const std::uint64_t offset =
      from.offset + static_cast<std::uint64_t>((y * from.width + x) * from.channels) * value_bytes;
  const std::size_t bytes = static_cast<std::size_t>(values) * value_bytes;
  const std::byte* levels = bytes_->direct(offset, bytes);
  std::vector<std::byte> copy;
  if (levels == nullptr) {
    copy.resize(bytes);
    bytes_->read(offset, bytes, copy.data());
    levels = copy.data();
  }
  const bool greyed = from.channels > channels_;
  std::vector<float> colours(greyed ? static_cast<std::size_t>(values) : 0);
  float* const to = greyed ? colours.data() : pixels;
  if (from.bit_depth == 32) {
    std::memcpy(to, levels, bytes);
  } else {
    pixels_of_levels(levels, values, from.bit_depth, to);
  }
  if (greyed) luminance_of(to, count, pixels);
}

void refuse_holes(const Image& image, const std::string& name) {
  const auto hole =
      std::ranges::find_if(image.pixels, [](float value) { return !std::isfinite(value); });
  if (hole == image.pixels.end()) return;
  const Index pixel = (hole - image.pixels.begin()) / image.channels;
  data_error(fmt::format("{}, pixel {},{} (row, column) is {}: fill it in, or leave the file out",
                         name, pixel / image.width + 1, pixel % image.width + 1,
                         std::isnan(*hole) ? "NaN" : "infinite"));
}

PictureCollector::PictureCollector(const ReadOptions& options)
    : writer_(static_cast<std::uint64_t>(options.memory_limit_bytes), options.scratch_folder) {}

void PictureCollector::add(const Image& image, const std::string& name) {
  pictures_.entries_.push_back(
      {image.height, image.width, image.channels, image.bit_depth, writer_.size()});
  if (image.channels == 3) ++colour_;
  if (image.bit_depth == 32) {
    refuse_holes(image, name);
    writer_.append(image.pixels.data(), image.pixels.size() * sizeof(float));
  } else {
    const auto levels = levels_of_pixels(image.pixels.data(), image.values(), image.bit_depth);
    writer_.append(levels.data(), levels.size());
  }
}

std::shared_ptr<const Pictures> PictureCollector::finish() {
  HOURGLASS_CHECK(pictures_.count() > 0);
  pictures_.bytes_ = writer_.finish();
  pictures_.channels_ = colour_ == pictures_.count() ? 3 : 1;
  return std::make_shared<const Pictures>(std::move(pictures_));
}

Table read_pictures(const std::string& path, const ReadOptions& options) {
  PictureCollector collector(options);
  Table table;
  table.source = path;
  table.unit_interval = true;
  const auto add = [&](const Image& image, const std::string& name) {
    if (image.bit_depth == 32) {
      data_error(fmt::format(
          "{} holds floating-point numbers, which need not lie between black and white: "
          "save it with 8 or 16 bits, or leave it out",
          name));
    }
    collector.add(image, name);
    table.row_names.push_back(name);
    table.bit_depths.push_back(image.bit_depth);
  };
  if (is_folder(path)) {
    table.warnings = visit_images(path, kMostPictureValues, options.progress, add);
  } else {
    add(read_image(InputFile(path), kMostPictureValues),
        std::filesystem::path(path).filename().string());
  }
  const Index colour = collector.colour_count();
  table.pictures = collector.finish();
  table.store = std::make_shared<RowsWithoutCells>(table.pictures->count());
  if (colour > 0 && table.pictures->channels() == 1) {
    table.warnings.push_back(fmt::format(
        "{}: {} of {} images are in colour and the rest grey, so all are taken as grey; to keep "
        "colours, put those into a folder of their own",
        path, colour, table.pictures->count()));
  }
  return table;
}

}  // namespace hourglass
