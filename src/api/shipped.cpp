#include "hourglass/shipped.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <vector>

#include "base/error.h"
#include "base/paths.h"

namespace hourglass {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVariable = "HOURGLASS_MODELS";
constexpr const char* kInstalledModels = HOURGLASS_INSTALLED_MODELS;

std::vector<fs::path> folders() {
  const char* const chosen = std::getenv(kVariable);
  if (chosen != nullptr && *chosen != '\0') return {chosen};
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path beside = program.parent_path();
    folders = {beside / "models", beside.parent_path() / "share/hourglass/models"};
  }
  folders.emplace_back(kInstalledModels);
  return folders;
}

}  // namespace

std::string shipped_model_path(const std::string& name) {
  std::vector<std::string> places;
  for (const fs::path& folder : folders()) {
    places.push_back(folder / name);
    if (is_there(places.back())) return places.back();
  }
  model_error(
      fmt::format("the model {} that comes with Hourglass is not there; looked for {}: install "
                  "Hourglass again, or say in {} which folder holds it",
                  name, fmt::join(places, ", "), kVariable));
}

}  // namespace hourglass
