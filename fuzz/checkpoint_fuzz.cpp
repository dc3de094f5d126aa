// A checkpoint from a stranger: parse_checkpoint() takes it or throws Error, whatever it holds.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>

#include "../tests/model/model_bytes.h"
#include "hourglass/error.h"
#include "model/checkpoint.h"

namespace {

void take_or_refuse(const std::string& bytes) {
  try {
    const hourglass::FitStates states = hourglass::parse_checkpoint(bytes, "fuzzed");
    // What is taken must survive being written and taken again.
    hourglass::parse_checkpoint(hourglass::format_checkpoint(states), "written");
  } catch (const hourglass::Error& error) {
    if (error.kind() != hourglass::ErrorKind::kModel) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  take_or_refuse(bytes);
  // Once more with checksums that match, or nothing behind them would ever be reached.
  try {
    hourglass::ModelBytes file(bytes);
    take_or_refuse(file.join());
  } catch (const std::exception&) {
    // No header to put sums into.
  }
  return 0;
}
