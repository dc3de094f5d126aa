#include "data/image_folder.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

#include "base/error.h"
#include "base/interrupt.h"
#include "data/image_file.h"
#include "data/image_rows.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

// The names in a folder, hidden ones left out, in byte order.
struct Listing {
  std::vector<std::string> files;   // regular ones; anything else could make us wait for ever
  std::vector<std::string> others;  // devices, pipes, links that lead nowhere
  std::vector<std::string> folders;
};

Listing list(const std::string& folder) {
  Listing listing;
  std::error_code problem;
  fs::directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    std::vector<std::string>& kind = entry->is_regular_file(ignored) ? listing.files
                                     : entry->is_directory(ignored)  ? listing.folders
                                                                     : listing.others;
    kind.push_back(std::move(name));
  }
  if (problem) data_error(fmt::format("cannot read the folder {}: {}", folder, problem.message()));
  for (auto* names : {&listing.files, &listing.others, &listing.folders}) {
    std::sort(names->begin(), names->end());
  }
  return listing;
}

bool holds_images(const std::string& folder) {
  std::error_code problem;
  fs::directory_iterator entry(folder, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    if (image_format_for(entry->path().string()) != nullptr) return true;
  }
  return false;
}

// The file, unless it is one that can be passed over: empty, closed to us or broken, with a name
// that promises no image.
std::optional<InputFile> open_candidate(const std::string& path) {
  const bool promises = image_format_for(path) != nullptr;
  try {
    InputFile input(path);
    if (looks_like_image(input)) return input;
  } catch (const Error&) {
    if (promises) throw;
  }
  return std::nullopt;
}

// What was found in a folder besides images to read.
class LeftOut {
 public:
  void add_file(const std::string& name) { files_.push_back(name); }
  void add_unread(const std::string& name, std::string_view kind) {
    if (unread_.empty()) kind_ = kind;
    unread_.push_back(name);
  }
  void add_folder(const std::string& name) { folders_.push_back(name); }

  std::vector<std::string> warnings(const std::string& folder) const {
    std::vector<std::string> lines;
    if (!unread_.empty()) lines.push_back(folder + ": " + unread_line());
    if (!files_.empty()) {
      lines.push_back(fmt::format(
          "{}: {} no image and left out, {}{}", folder,
          files_.size() == 1 ? "one file is" : fmt::format("{} files are", files_.size()),
          files_.size() == 1 ? "" : "the first of them ", files_[0]));
    }
    if (!folders_.empty()) {
      lines.push_back(fmt::format("{}: folders within it are not entered, though {} holds images",
                                  folder, folders_[0]));
    }
    return lines;
  }

  [[noreturn]] void refuse(const std::string& folder) const {
    if (!unread_.empty()) data_error(fmt::format("{}: {}", folder, unread_line()));
    if (!folders_.empty()) {
      data_error(fmt::format("the folder {} holds no image itself, but {} in it does; name that",
                             folder, folders_[0]));
    }
    data_error(
        fmt::format("the folder {} holds no PNG, JPEG or TIFF image; name one that does, or "
                    "a file of data",
                    folder));
  }

 private:
  std::string unread_line() const {
    if (unread_.size() == 1) {
      return fmt::format("{} is a {} image, which is not read: convert it to PNG", unread_[0],
                         kind_);
    }
    return fmt::format("{} images are of kinds that are not read ({} is {}): convert them to PNG",
                       unread_.size(), unread_[0], kind_);
  }

  std::vector<std::string> files_, unread_, folders_;
  std::string_view kind_;
};

}  // namespace

Table read_image_file(const InputFile& input, const ReadOptions& options) {
  ImageRows rows(input.path(), options);
  rows.add(read_image(input, kMostRowValues), fs::path(input.path()).filename().string());
  return rows.finish();
}

std::vector<std::string> visit_images(
    const std::string& folder, Index most_values, const std::function<void(double)>& progress,
    const std::function<void(Image&& image, const std::string& name)>& visit) {
  const Listing listing = list(folder);
  LeftOut left_out;
  bool any = false;
  for (std::size_t i = 0; i < listing.files.size(); ++i) {
    throw_if_interrupted();
    const std::string& name = listing.files[i];
    const std::optional<InputFile> input = open_candidate((fs::path(folder) / name).string());
    if (!input) {
      left_out.add_file(name);
    } else if (const auto kind = unread_image_kind(input->head()); !kind.empty()) {
      left_out.add_unread(name, kind);
    } else {
      visit(read_image(*input, most_values), name);
      any = true;
    }
    if (progress) {
      progress(static_cast<double>(i + 1) / static_cast<double>(listing.files.size()));
    }
  }
  for (const std::string& name : listing.others) left_out.add_file(name);
  for (const std::string& name : listing.folders) {
    if (holds_images((fs::path(folder) / name).string())) left_out.add_folder(name);
  }
  if (!any) left_out.refuse(folder);
  return left_out.warnings(folder);
}

Table read_image_folder(const std::string& folder, const ReadOptions& options) {
  ImageRows rows(folder, options);
  const std::vector<std::string> left_out =
      visit_images(folder, kMostRowValues, options.progress,
                   [&](const Image& image, const std::string& name) { rows.add(image, name); });
  Table table = rows.finish();
  table.warnings.insert(table.warnings.end(), left_out.begin(), left_out.end());
  return table;
}

}  // namespace hourglass
