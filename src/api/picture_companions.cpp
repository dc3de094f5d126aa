#include "api/picture_companions.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/error.h"
#include "base/paths.h"
#include "data/image_file.h"
#include "data/pictures.h"

namespace hourglass {
namespace {

// By the picture's name or, as masks and results of JPEG files are PNG files, with that ending.
std::string path_in(const std::string& folder, const std::string& name) {
  std::filesystem::path path = std::filesystem::path(folder) / name;
  const std::string exact = path.string();
  const std::string png = path.replace_extension(".png").string();
  return !is_there(exact) && is_there(png) ? png : exact;
}

}  // namespace

CompanionPictures::CompanionPictures(const PictureCompanion& companion, const std::string& input,
                                     Index count, const ReadOptions& reading)
    : companion_(companion), is_folder_(is_folder(companion.path)) {
  const bool of_folder = is_folder(input);
  if (is_folder_ && count == 0) return;
  if (of_folder && !companion.one_for_all) {
    data_error(fmt::format("{} is a folder and {} is none: give the folder of the {}", input,
                           companion.path, companion.what));
  }
  const bool one_will_do = companion.one_for_all || (count == 0 && !of_folder);
  if (!is_folder_ && looks_like_image(InputFile(companion.path))) {
    if (!one_will_do) {
      data_error(fmt::format("{} is an array and {} is none: give the array of the {}", input,
                             companion.path, companion.what));
    }
    only_ = read_image(InputFile(companion.path), kMostPictureValues);
    return;
  }
  table_ = read_table(companion.path, reading);
  array_.emplace(*table_);
  if (array_->count() == 1 && one_will_do) {
    only_ = array_->picture(0);
  } else if (array_->count() != count) {
    data_error(
        fmt::format("{} holds {} pictures and {} {}: give an array of the {} of the same "
                    "shape{}",
                    companion.path, array_->count(), input, count == 0 ? 1 : count, companion.what,
                    companion.one_for_all ? ", or one for all" : ""));
  }
}

Image CompanionPictures::read(const std::string& name, Index number) const {
  if (only_) return *only_;
  if (array_) return array_->picture(number);
  return read_image(InputFile(path_in(companion_.path, name)), kMostPictureValues);
}

Image CompanionPictures::of(const Image& image, const std::string& name, Index number) const {
  Image found = read(name, number);
  const bool same_colours = companion_.of_any_colours || found.channels == image.channels;
  if (found.height == image.height && found.width == image.width && same_colours) return found;
  data_error(fmt::format(
      "{} is {} x {} x {}, and that of {} is {} x {} x {}: give {} of the same "
      "size{}",
      name, image.height, image.width, image.channels, companion_.path, found.height, found.width,
      found.channels, companion_.what, companion_.of_any_colours ? "" : " and colours"));
}

}  // namespace hourglass
