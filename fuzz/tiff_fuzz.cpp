#include "data/image_folder.h"
#include "data/image_tiff.h"
#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  // Anything else would be told apart by its first bytes and get no further.
  if (!hourglass::looks_like_tiff({reinterpret_cast<const char*>(bytes), size})) return -1;
  hourglass::fuzz_reader(
      bytes, size, [](const hourglass::InputFile& input, const hourglass::ReadOptions& options) {
        return hourglass::read_image_file(input, options);
      });
  return 0;
}
