#include "model/whole_file.h"

#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

#include "base/error.h"

namespace hourglass {

std::string read_whole_file(const std::string& path, const char* what) {
  const auto refuse = [&](const std::string& reason) {
    model_error(fmt::format("cannot read the {} {}: {}", what, path, reason));
  };
  std::error_code code;
  if (std::filesystem::exists(path, code) && !std::filesystem::is_regular_file(path, code)) {
    refuse("it is not a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(system_reason());
  const std::uintmax_t size = std::filesystem::file_size(path, code);
  if (code) refuse(code.message());
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(file.gcount()) != size) {
    refuse(fmt::format("it ended after {} of {} bytes", file.gcount(), size));
  }
  return bytes;
}

}  // namespace hourglass
