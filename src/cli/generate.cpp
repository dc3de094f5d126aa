#include "cli/generate.h"

#include <filesystem>
#include <fmt/format.h>

#include "base/atomic_file.h"
#include "base/error.h"

namespace hourglass::cli {
namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code code;
  std::filesystem::create_directories(path.parent_path(), code);
  if (code) fail(fmt::format("cannot make {}: {}", path.parent_path().string(), code.message()));
  AtomicFile file(path.string());
  file.write(text);
  file.commit();
}

}  // namespace

void generate_files(const std::string& folder) {
  const std::filesystem::path root(folder);
  write_file(root / "man1" / "hourglass.1", general_manual());
  for (const Verb& verb : verb_table()) {
    write_file(root / "man1" / ("hourglass-" + verb.name + ".1"), verb_manual(verb));
  }
  write_file(root / "bash" / "hourglass", bash_completion());
  write_file(root / "zsh" / "_hourglass", zsh_completion());
  write_file(root / "fish" / "hourglass.fish", fish_completion());
}

}  // namespace hourglass::cli
