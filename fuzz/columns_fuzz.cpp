// The summary of the columns in a stranger's model: taken or refused, and a cell of what is taken
// is found for any number.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "hourglass/error.h"
#include "model/saved_columns.h"

namespace hourglass {
namespace {

// A number, a category of three levels, and a number.
Encoding three_columns() {
  Encoding encoding;
  encoding.columns.resize(3);
  encoding.columns[1].column.kind = ColumnKind::kCategorical;
  encoding.columns[1].column.levels = {"a", "b", "c"};
  return encoding;
}

// Small whole numbers, which counts and shares are made of, or any eight bytes.
double number_from(const std::uint8_t*& bytes, const std::uint8_t* end) {
  const std::uint8_t kind = *bytes++;
  if (kind < 0xf0 || end - bytes < 8) return static_cast<double>(kind) / 16 - 2;
  double number = 0;
  std::memcpy(&number, bytes, sizeof number);
  bytes += sizeof number;
  return number;
}

void look_up(const TableSummary& summary) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const ColumnSummary& column : summary.columns) {
    if (column.shares.empty()) continue;
    for (const double value : {-kInfinity, -1e300, -1.0, 0.0, 0.5, 2.0, 7.0, 1e300, kInfinity}) {
      if (column.cell_of(value) >= column.shares.size()) std::abort();
    }
    for (std::size_t i = 0; i < column.values.size(); ++i) {
      if (column.cell_of(column.values[i]) != 2 * i + 1) std::abort();
    }
  }
}

}  // namespace
}  // namespace hourglass

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace hourglass;
  std::map<std::string, std::vector<double>> lists;
  std::map<std::string, TensorBytes> tensors;  // views of the lists
  const std::uint8_t* const end = bytes + size;
  for (const char* part : {"rows", "cells", "missing", "values", "shares"}) {
    if (bytes == end) break;
    const std::string name = std::string("columns.") + part;
    std::vector<double>& list = lists[name];
    list.resize(*bytes++ % 32);
    for (double& number : list) {
      if (bytes == end) break;
      number = number_from(bytes, end);
    }
    tensors[name] = tensor_bytes(name, list);
  }
  try {
    look_up(summary_from(tensors, three_columns(), "fuzzed"));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kModel) std::abort();
  }
  return 0;
}
