#include "cli/generate.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"

namespace hourglass::cli {
namespace {

void write_with_folders(const std::filesystem::path& path, const std::string& text) {
  std::error_code code;
  std::filesystem::create_directories(path.parent_path(), code);
  if (code) fail(fmt::format("cannot make {}: {}", path.parent_path().string(), code.message()));
  write_file(path.string(), text);
}

}  // namespace

void generate_files(const std::string& folder) {
  const std::filesystem::path root(folder);
  write_with_folders(root / "man1" / "hourglass.1", general_manual());
  for (const Verb& verb : verb_table()) {
    write_with_folders(root / "man1" / ("hourglass-" + verb.name + ".1"), verb_manual(verb));
  }
  write_with_folders(root / "bash" / "hourglass", bash_completion());
  write_with_folders(root / "zsh" / "_hourglass", zsh_completion());
  write_with_folders(root / "fish" / "hourglass.fish", fish_completion());
}

}  // namespace hourglass::cli
