// A config from a stranger: parse_config() takes it or throws Error. What is taken builds a spec
// that is written and read back the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "hourglass/error.h"
#include "model/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hourglass;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Settings settings;
  try {
    settings = parse_config(text, "fuzzed.toml");
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUsage) std::abort();
    return 0;
  }
  const Settings once = settings_from_spec(spec_from_settings(settings));
  if (parse_config(write_config(once), "written.toml") != once) std::abort();
  return 0;
}
