// A saved model from a stranger: parse_model() takes it or throws Error, whatever it holds.

#include "model/saved_model.h"
#include "tensor_file_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  hourglass::fuzz_tensor_file(
      data, size, [](const std::string& bytes) { return hourglass::parse_model(bytes, "fuzzed"); },
      hourglass::format_model);
  return 0;
}
