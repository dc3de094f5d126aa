#include "data/csv.h"
#include "reader_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  hourglass::fuzz_reader(
      bytes, size, [](const hourglass::InputFile& input, const hourglass::ReadOptions& options) {
        // A small buffer meets its ends within cells.
        hourglass::ReadOptions alone = options;
        alone.threads = 1;
        return hourglass::read_csv(input, alone, hourglass::CsvTuning{64, 100});
      });
  return 0;
}
