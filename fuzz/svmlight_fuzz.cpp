#include "data/svmlight.h"
#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  hourglass::fuzz_reader(
      bytes, size, [](const hourglass::InputFile& input, const hourglass::ReadOptions& options) {
        return hourglass::read_svmlight(input, options);
      });
  return 0;
}
