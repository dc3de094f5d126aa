#include "data/csv.h"
#include "data/refill.h"
#include "reader_fuzz.h"

namespace hourglass {
namespace {

// What is written of a file when nothing is known of its holes, or each is filled with 0.
std::string rewritten(const std::string& path, const ReadOptions& options, bool filled) {
  const std::unique_ptr<Refill> file = open_refill(path, options);
  std::string text = file->beginning();
  RowStream& stream = file->stream(7);
  stream.prepare(1, 1);
  while (stream.take(0)) {
    const RowStream::Rows rows = stream.read(0, 0);
    std::vector<double> values(rows.values, rows.values + rows.count * stream.cols());
    stream.settle(0);
    if (filled) {
      for (double& value : values) {
        if (!(value - value == 0)) value = 0;
      }
    }
    text += file->rows(0, values.data(), rows.count);
  }
  return text;
}

}  // namespace
}  // namespace hourglass

// Text of which no hole is filled comes out as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hourglass;
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const bool packed = text.starts_with("\x1f\x8b");
  if (packed || text.starts_with("\x93NUMPY") || text.starts_with("PK")) return -1;
  const FileDescriptor file(memfd_create("fuzz", MFD_CLOEXEC));
  if (size > 0 && write(file.get(), bytes, size) != static_cast<ssize_t>(size)) std::abort();
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  try {
    ReadOptions options;
    options.threads = 1;
    options.memory_limit_bytes = 1 << 16;
    options.scratch_folder = "/var/tmp";
    options.missing = MissingPolicy::kImpute;
    const std::vector<Column> columns = read_csv(InputFile(path), options, CsvTuning()).columns;
    options.expected = &columns;
    const std::string untouched = rewritten(path, options, false);
    if (untouched != text && untouched != text + "\n") std::abort();
    rewritten(path, options, true);
  } catch (const Error&) {
  }
  return 0;
}
