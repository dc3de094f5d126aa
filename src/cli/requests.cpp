#include "cli/requests.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/paths.h"

namespace hourglass::cli {
namespace {

std::string without_last_slashes(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

// Where `path` lies or will lie; of a folder as well.
std::string folder_of(const std::string& path) {
  const std::string folder =
      std::filesystem::path(without_last_slashes(path)).parent_path().string();
  return folder.empty() ? "." : folder;
}

bool ends_in(const std::string& path, const std::vector<std::string>& endings) {
  return std::ranges::any_of(endings, [&](const std::string& ending) {
    return path.size() > ending.size() && path.ends_with(ending);
  });
}

// 0 where nothing was asked for: as many as there are processors.
int threads_from(const Arguments& arguments) {
  return static_cast<int>(arguments.integer("--threads", 0, 1, 1024));
}

}  // namespace

std::string last_value(const Settings& settings, const std::string& key) {
  std::string value;
  for (const auto& setting : settings) {
    if (setting.first == key) value = setting.second;
  }
  return value;
}

Settings settings_from(const Arguments& arguments) {
  Settings settings;
  for (const std::string& path : arguments.all("--config")) {
    for (auto& setting : read_config(path)) settings.push_back(std::move(setting));
  }
  for (const auto& setting : arguments.settings()) settings.push_back(setting);
  return settings;
}

DataOptions data_options_from(const Arguments& arguments, const Settings& settings,
                              const std::string& output, Console& console) {
  DataOptions options;
  options.key = arguments.text("--key", options.key);
  options.columns = arguments.list("--columns");
  options.drop = arguments.list("--drop");
  options.labels = arguments.text("--labels");
  options.time = arguments.text("--time");
  options.categorical = arguments.list("--categorical");
  options.numeric = arguments.list("--numeric");
  const std::string missing = last_value(settings, "missing");
  options.missing = arguments.text("--missing", missing.empty() ? options.missing : missing);
  options.scratch_folder = folder_of(output);
  options.threads = threads_from(arguments);
  options.progress = console.progress();
  return options;
}

RunOptions run_options_from(const Arguments& arguments, Console& console) {
  RunOptions options;
  options.threads = threads_from(arguments);
  options.progress = console.progress();
  return options;
}

Model member_from(const Arguments& arguments) {
  const std::int64_t member = arguments.integer("--member", 0, 0, 255);
  return Model::load(arguments.positional("MODEL")).member(member);
}

void check_output(const std::string& path, const std::vector<std::string>& endings) {
  if (!endings.empty() && !ends_in(path, endings)) {
    usage_error(fmt::format("cannot write {}: name a file that ends in {}", path,
                            fmt::join(endings, " or ")));
  }
  const AtomicFile probe(path);
}

void check_rows_output(const std::string& path, const std::string& data) {
  const bool folder_is_there = is_folder(path);
  const bool folder = folder_is_there || path.ends_with('/');
  if (!folder && ends_in(path, {".npy", ".csv", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})) {
    return check_output(path, {});
  }
  if (!folder && !is_folder(data)) {
    usage_error(
        fmt::format("cannot write {}: name a file that ends in .npy or .csv or, for images, "
                    "a folder with a / behind it",
                    path));
  }
  check_folder_output(path);
}

void check_folder_output(const std::string& path) {
  const bool folder_is_there = is_folder(path);
  if (!folder_is_there && is_there(without_last_slashes(path))) {
    fail(fmt::format("cannot make a folder {}: there is a file of that name", path));
  }
  // A file could be put where the folder will be, or into the one that is there.
  const AtomicFile probe(folder_is_there ? path + "/image.png" : without_last_slashes(path));
}

std::string required_output(const Arguments& arguments) {
  if (!arguments.has("--output")) {
    usage_error(fmt::format("-o is missing: {}", synopsis(arguments.verb())));
  }
  return arguments.text("--output");
}

}  // namespace hourglass::cli
