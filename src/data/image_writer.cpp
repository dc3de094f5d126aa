#include "data/image_writer.h"

#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

// An image without pixels, of the shape of every row.
Image blank_image(const Table& table, const std::vector<Index>& shape) {
  const bool grey = shape.size() == 2 || (shape.size() == 3 && shape[2] == 1);
  const bool colour = shape.size() == 3 && shape[2] == 3;
  if (!grey && !colour) {
    usage_error(
        fmt::format("rows of shape [{}] are no images: name a file that ends in .npy or "
                    ".csv",
                    fmt::join(shape, ", ")));
  }
  if (table.bit_depths.empty() && !table.unit_interval) {
    usage_error(
        fmt::format("the numbers of {} need not lie between black (0) and white (1): name "
                    "a file that ends in .npy or .csv",
                    table.source));
  }
  Image image;
  image.height = shape[0];
  image.width = shape[1];
  image.channels = grey ? 1 : 3;
  return image;
}

std::vector<std::string> numbered_names(Index rows) {
  std::vector<std::string> names;
  const std::size_t digits = std::to_string(rows).size();
  for (Index row = 1; row <= rows; ++row) names.push_back(fmt::format("{:0{}}.png", row, digits));
  return names;
}

std::vector<std::string> output_names(const Table& table) {
  if (table.row_names.empty()) return numbered_names(table.rows());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.row_names.size(); ++i) {
    names.push_back(image_name_for(table.row_names[i], table.bit_depths[i]));
  }
  return told_apart(std::move(names), table.row_names);
}

class ImageWriter : public RowWriter {
 public:
  // `paths`: of every row.
  ImageWriter(std::vector<std::string> paths, std::vector<int> bit_depths, Image blank)
      : paths_(std::move(paths)), bit_depths_(std::move(bit_depths)), image_(std::move(blank)) {}

  void write(const float* rows, Index count) override {
    HOURGLASS_CHECK(next_ + static_cast<std::size_t>(count) <= paths_.size());
    if (next_ == 0) make_folder(fs::path(paths_[0]).parent_path().string());
    for (Index r = 0; r < count; ++r, ++next_) {
      image_.bit_depth = bit_depths_.empty() ? 8 : bit_depths_[next_];
      image_.pixels.assign(rows + r * image_.values(), rows + (r + 1) * image_.values());
      write_image(paths_[next_], image_);
    }
  }
  void finish() override { HOURGLASS_CHECK(next_ == paths_.size()); }

 private:
  std::vector<std::string> paths_;
  std::vector<int> bit_depths_;
  Image image_;
  std::size_t next_ = 0;
};

// Numbers that may be any would be cut to what lies between black and white, and most be lost.
void refuse_cutting(const std::vector<std::string>& paths, const Table& table) {
  if (table.unit_interval) return;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (table.bit_depths[i] < 32 || image_format_for(paths[i])->largest_bit_depth >= 32) continue;
    usage_error(
        fmt::format("{} cannot hold the numbers of {}, which need not lie between black (0) and "
                    "white (1): name a file that ends in .tif, .npy or .csv",
                    paths[i], table.source));
  }
}

}  // namespace

// Any PNG or TIFF that can hold the depth keeps its ending.
std::string image_name_for(const std::string& name, int bit_depth) {
  const ImageFormat* format = image_format_for(name);
  if (format != nullptr && format->lossless && bit_depth <= format->largest_bit_depth) return name;
  return fs::path(name).replace_extension(bit_depth > 16 ? ".tif" : ".png").string();
}

std::string image_name_beside(const std::string& folder, const std::string& name, int bit_depth) {
  std::string made = image_name_for(name, bit_depth);
  // a.jpg beside a.png: the ending that was left out tells them apart.
  if (made == name || !is_there((fs::path(folder) / made).string())) return made;
  return name + fs::path(made).extension().string();
}

std::vector<std::string> told_apart(std::vector<std::string> names,
                                    const std::vector<std::string>& from) {
  std::unordered_set<std::string> taken(from.begin(), from.end());
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string& name = names[i];
    if (name == from[i] || taken.insert(name).second) continue;
    // a.jpg beside a.png: the ending that was left out tells them apart.
    const std::string ending = fs::path(name).extension().string();
    name = from[i] + ending;
    while (!taken.insert(name).second) name += ending;
  }
  return names;
}

void make_folder(const std::string& folder) {
  std::error_code problem;
  if (!folder.empty() && !is_folder(folder)) fs::create_directory(folder, problem);
  if (problem) fail(fmt::format("cannot make the folder {}: {}", folder, problem.message()));
}

void refuse_overwriting(const std::vector<std::string>& paths, const std::string& source) {
  std::error_code ignored;
  const fs::path target = is_folder(source) ? fs::path(paths[0]).parent_path() : fs::path(paths[0]);
  if (fs::equivalent(target.empty() ? fs::path(".") : target, source, ignored)) {
    usage_error(
        fmt::format("{} would be overwritten with what is made of it: name another place "
                    "to write to",
                    source));
  }
}

bool writes_images(const std::string& path, const Table& table) {
  if (path.ends_with('/') || is_folder(path)) return true;
  if (path.ends_with(".npy") || path.ends_with(".csv")) return false;
  return image_format_for(path) != nullptr || !table.bit_depths.empty();
}

std::unique_ptr<RowWriter> open_image_writer(const std::string& path, const Table& table,
                                             const std::vector<Index>& sample_shape) {
  Image blank = blank_image(table, sample_shape);
  std::vector<std::string> paths;
  const bool one_file =
      !path.ends_with('/') && !is_folder(path) && image_format_for(path) != nullptr;
  if (one_file && table.rows() != 1) {
    usage_error(
        fmt::format("{} can hold one image, and there are {}: name a folder", path, table.rows()));
  }
  if (one_file) {
    paths.push_back(path);
  } else {
    for (const std::string& name : output_names(table)) {
      paths.push_back((fs::path(path) / name).string());
    }
  }
  refuse_cutting(paths, table);
  refuse_overwriting(paths, table.source);
  return std::make_unique<ImageWriter>(std::move(paths), table.bit_depths, std::move(blank));
}

}  // namespace hourglass
