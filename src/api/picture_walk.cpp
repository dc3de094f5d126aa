#include "api/picture_walk.h"

#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>

#include "api/picture_companions.h"
#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "data/image_folder.h"
#include "data/image_writer.h"
#include "data/picture_array.h"
#include "data/pictures.h"
#include "data/writer.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

// What could not be written is better said before the work than after it.
void check_is_writable(const std::string& path) {
  writable_format(path);
  const AtomicFile probe(path);
}

class Walker {
 public:
  explicit Walker(const PictureWalk& walk) : walk_(walk) {
    reading_.key = walk.key;
    reading_.once = true;
    const std::string folder = fs::path(walk.output).parent_path().string();
    reading_.scratch_folder = folder.empty() ? std::string(".") : folder;
  }

  std::vector<std::string> run() {
    if (is_folder(walk_.input)) {
      walk_folder();
    } else if (looks_like_image(InputFile(walk_.input))) {
      walk_file();
    } else {
      walk_array();
    }
    return std::move(warnings_);
  }

 private:
  // Neither what is read nor what goes with it may be lost.
  void refuse_overwriting_inputs(const std::string& path) const {
    refuse_overwriting({path}, walk_.input);
    for (const PictureCompanion& companion : walk_.companions) {
      if (!companion.path.empty()) refuse_overwriting({path}, companion.path);
    }
  }

  void open_companions(Index count) {
    for (const PictureCompanion& companion : walk_.companions) {
      companions_.emplace_back();
      if (companion.path.empty()) continue;
      companions_.back().emplace(companion, walk_.input, count, reading_);
    }
  }

  void work_on(Image& image, const std::string& name, Index number) {
    std::vector<std::optional<Image>> beside;
    std::vector<const Image*> shown;
    for (const auto& companion : companions_) {
      beside.emplace_back();
      if (companion) beside.back() = companion->of(image, name, number);
    }
    for (const auto& picture : beside) shown.push_back(picture ? &*picture : nullptr);
    walk_.work(image, shown, name);
  }

  void work_on_file(Image image, const std::string& name, const std::string& output) {
    if (!image.alpha.empty() && !output.empty() && writable_format(output).largest_bit_depth == 8) {
      warnings_.push_back(name + ": its opacity was left out, which JPEG does not hold");
    }
    if (image.had_more_pages)
      warnings_.push_back(name + ": only the first of its pictures was read");
    if (image.is_turned) {
      warnings_.push_back(
          name + ": its orientation tag was ignored, pixels are written as they are stored");
    }
    refuse_holes(image, name);
    work_on(image, name, 0);
    if (!output.empty()) write_image(output, image);
  }

  void walk_folder() {
    if (!walk_.output.empty()) {
      refuse_overwriting_inputs((fs::path(walk_.output) / "x").string());
    }
    open_companions(0);
    const auto visit = [&](Image&& image, const std::string& name) {
      std::string to;
      if (!walk_.output.empty()) {
        make_folder(walk_.output);
        to = (fs::path(walk_.output) / image_name_beside(walk_.input, name, image.bit_depth))
                 .string();
      }
      work_on_file(std::move(image), name, to);
    };
    std::vector<std::string> left_out = visit_images(walk_.input, kMostPictureValues, {}, visit);
    warnings_.insert(warnings_.end(), left_out.begin(), left_out.end());
  }

  void walk_file() {
    const std::string name = fs::path(walk_.input).filename().string();
    Image image = read_image(InputFile(walk_.input), kMostPictureValues);
    std::string to = walk_.output;
    if (!to.empty()) {
      if (to.ends_with('/') || is_folder(to)) {
        make_folder(to);
        to = (fs::path(to) / image_name_for(name, image.bit_depth)).string();
      }
      refuse_overwriting_inputs(to);
      check_is_writable(to);
    }
    open_companions(0);
    work_on_file(std::move(image), name, to);
  }

  void walk_array() {
    if (!walk_.output.empty()) {
      refuse_overwriting_inputs(walk_.output);
      if (!walk_.output.ends_with(".npy")) {
        usage_error(
            fmt::format("{} is an array, and so is what is made of it: name a file that ends "
                        "in .npy, not {}",
                        walk_.input, walk_.output));
      }
    }
    ReadOptions reading = reading_;
    if (walk_.may_lack_pixels) reading.missing = MissingPolicy::kImpute;
    const Table table = read_table(walk_.input, reading);
    const PictureArray array(table, walk_.largest);
    open_companions(array.count());
    std::unique_ptr<RowWriter> writer;
    if (!walk_.output.empty()) {
      writer = open_row_writer(walk_.output, table.rows(), table.sample_shape, {});
    }
    for (Index i = 0; i < array.count(); ++i) {
      Image image = array.picture(i);
      work_on(image, std::to_string(i + 1), i);
      if (writer) writer->write(image.pixels.data(), array.rows_each());
    }
    walk_.check();
    if (writer) writer->finish();
    warnings_.insert(warnings_.end(), table.warnings.begin(), table.warnings.end());
  }

  const PictureWalk& walk_;
  ReadOptions reading_;
  std::deque<std::optional<CompanionPictures>> companions_;  // their tables stay where they are
  std::vector<std::string> warnings_;
};

}  // namespace

std::vector<std::string> run(const PictureWalk& walk) { return Walker(walk).run(); }

void round_to_levels(Image& image) {
  if (image.bit_depth == 32) return;
  const auto levels = levels_of_pixels(image.pixels.data(), image.values(), image.bit_depth);
  pixels_of_levels(levels.data(), image.values(), image.bit_depth, image.pixels.data());
}

}  // namespace hourglass
