#include "cli/begun_run.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace hourglass::cli {
namespace {

namespace fs = std::filesystem;

// What changes nothing about the model.
constexpr std::array<std::string_view, 4> kBesideResume = {"--resume", "--threads", "--json",
                                                           "--quiet"};

void check_stands_alone(const Arguments& arguments) {
  for (const Option& option : options_of(arguments.verb())) {
    if (!arguments.has(option.name)) continue;
    if (std::ranges::find(kBesideResume, option.name) != kBesideResume.end()) continue;
    usage_error(
        fmt::format("--resume goes on with a run as it was begun: leave {} out", option.name));
  }
  if (!arguments.positional("DATA").empty()) {
    usage_error("--resume goes on with a run as it was begun: leave DATA out");
  }
}

// Whether two paths name one place, there already or not.
bool same_place(const std::string& a, const std::string& b) {
  const auto place = [](const std::string& path) {
    return (fs::absolute(path) / "").lexically_normal();
  };
  return place(a) == place(b);
}

void enter(const std::string& folder) {
  std::error_code problem;
  fs::current_path(folder, problem);
  if (problem) {
    fail(fmt::format("cannot enter {}, where the run was begun: {}", folder, problem.message()));
  }
}

}  // namespace

KeepOptions keep_options_from(const Arguments& arguments) {
  KeepOptions keep;
  keep.folder = arguments.text("--run");
  keep.checkpoint_every = arguments.text("--checkpoint-every");
  if (keep.folder.empty()) {
    if (!keep.checkpoint_every.empty()) {
      usage_error("--checkpoint-every needs a folder to keep checkpoints in: give --run DIR");
    }
    return keep;
  }
  if (same_place(keep.folder, arguments.text("--output"))) {
    usage_error(
        fmt::format("--run and -o both name {}: a folder and a file need two names", keep.folder));
  }
  check(keep);
  keep.notes = arguments.words();
  keep.notes.insert(keep.notes.begin(), fs::current_path().string());
  return keep;
}

BegunRun begun_run(const Arguments& arguments) {
  check_stands_alone(arguments);
  const std::string folder = fs::absolute(arguments.text("--resume")).string();
  KeptRun kept = kept_run(folder);
  if (kept.notes.empty()) {
    throw Error(ErrorKind::kModel,
                fmt::format("the run in {} was begun by a program of its own: resume it from there",
                            folder));
  }
  enter(kept.notes.front());
  const std::vector<std::string> words(kept.notes.begin() + 1, kept.notes.end());
  return {folder, Arguments::parse(arguments.verb(), words), std::move(kept)};
}

}  // namespace hourglass::cli
