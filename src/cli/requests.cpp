#include "cli/requests.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/atomic_file.h"
#include "base/error.h"

namespace hourglass::cli {
namespace {

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

std::string last_value(const Settings& settings, const std::string& key) {
  std::string value;
  for (const auto& setting : settings) {
    if (setting.first == key) value = setting.second;
  }
  return value;
}

}  // namespace

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
  options.categorical = arguments.list("--categorical");
  options.numeric = arguments.list("--numeric");
  const std::string missing = last_value(settings, "missing");
  options.missing = arguments.text("--missing", missing.empty() ? options.missing : missing);
  options.scratch_folder = folder_of(output);
  options.progress = console.progress();
  return options;
}

RunOptions run_options_from(const Arguments& arguments, Console& console) {
  RunOptions options;
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 1, 1024));
  options.progress = console.progress();
  return options;
}

void check_output(const std::string& path, const std::vector<std::string>& endings) {
  const bool ends_well = endings.empty() || std::ranges::any_of(endings, [&](const auto& ending) {
                           return path.size() > ending.size() && path.ends_with(ending);
                         });
  if (!ends_well) {
    usage_error(fmt::format("cannot write {}: name a file that ends in {}", path,
                            fmt::join(endings, " or ")));
  }
  const AtomicFile probe(path);
}

std::string required_output(const Arguments& arguments) {
  if (!arguments.has("--output")) {
    usage_error(fmt::format("-o is missing: {}", synopsis(arguments.verb())));
  }
  return arguments.text("--output");
}

}  // namespace hourglass::cli
