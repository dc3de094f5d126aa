// A stream of rows for a model: what it gives must be what the file reader makes of the same bytes.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

#include "data/csv.h"
#include "data/csv_feed.h"
#include "hourglass/error.h"

namespace hourglass {
namespace {

const std::vector<Column>& expected() {
  static const std::vector<Column> columns = {{"a", ColumnKind::kNumeric, {}},
                                              {"b", ColumnKind::kCategorical, {"x", "y"}},
                                              {"c", ColumnKind::kNumeric, {}}};
  return columns;
}

// All rows, one behind the other; nothing if they are refused.
std::optional<std::vector<double>> by_feed(int file, const ReadOptions& options) {
  std::vector<double> numbers;
  try {
    CsvFeed feed(file, "fuzzed", options);
    for (CsvFeed::Rows rows = feed.next(); rows.count > 0; rows = feed.next()) {
      numbers.insert(numbers.end(), rows.values, rows.values + rows.count * feed.cols());
    }
  } catch (const Error&) {
    return std::nullopt;
  }
  return numbers;
}

std::optional<std::vector<double>> by_file(int file, const ReadOptions& options) {
  try {
    const Table table = read_csv(InputFile("/proc/self/fd/" + std::to_string(file)), options, {});
    std::vector<double> numbers(static_cast<std::size_t>(table.rows() * table.cols()));
    table.store->read(0, table.rows(), numbers.data());
    return numbers;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool alike(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

}  // namespace
}  // namespace hourglass

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hourglass;
  const FileDescriptor file(memfd_create("fuzz", MFD_CLOEXEC));
  if (size > 0 && write(file.get(), bytes, size) != static_cast<ssize_t>(size)) std::abort();
  ReadOptions options;
  options.threads = 1;
  options.scratch_folder = "/var/tmp";
  options.expected = &expected();
  // One bit of the input chooses the policy, so that both ways are walked.
  options.missing =
      size > 0 && bytes[size - 1] % 2 == 0 ? MissingPolicy::kImpute : MissingPolicy::kDrop;
  lseek(file.get(), 0, SEEK_SET);
  const auto streamed = by_feed(file.get(), options);
  const auto read = by_file(file.get(), options);
  // A file with nothing in it is refused, a stream with nothing in it ends.
  if (!streamed || !read) return 0;
  if (streamed->size() != read->size()) std::abort();
  for (std::size_t i = 0; i < read->size(); ++i) {
    if (!alike((*streamed)[i], (*read)[i])) std::abort();
  }
  return 0;
}
