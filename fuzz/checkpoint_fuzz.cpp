// A checkpoint from a stranger: parse_checkpoint() takes it or throws Error, whatever it holds.

#include "model/checkpoint.h"
#include "tensor_file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hourglass::fuzz_tensor_file(
      data, size,
      [](const std::string& bytes) { return hourglass::parse_checkpoint(bytes, "fuzzed"); },
      hourglass::format_checkpoint);
  return 0;
}
