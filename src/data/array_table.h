#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/byte_source.h"
#include "data/element_type.h"
#include "data/reader.h"

namespace hourglass {

/// An n-dimensional array as its file's header describes it; nothing in it is to be trusted yet.
struct ArrayHeader {
  const ElementType* type = nullptr;
  bool swapped = false;        ///< not in this machine's byte order
  bool fortran_order = false;  ///< the first dimension varies fastest
  std::vector<std::uint64_t> shape;
};

/// Where the array's elements begin in a file that holds them as they are.
struct ArrayPlace {
  std::shared_ptr<const FileDescriptor> file;
  std::uint64_t offset = 0;
};

struct ArraySource {
  ByteSource* bytes = nullptr;  ///< stands at the first element
  /// How many bytes are left, where that is known; must then be the array's size to the byte.
  std::optional<std::uint64_t> bytes_left;
  std::optional<ArrayPlace> place;
  std::string name;  ///< for messages: "data.npy", "data.npz (array X)"
  double divisor = 1;
};

/// Reads an array of shape (samples, …) into a table of samples × (product of the rest). One larger
/// than the memory limit is left in its file if it lies there as rows, else copied to a scratch
/// file. Throws ErrorKind::kData for a header that does not fit the bytes, no samples or features,
/// and NaN or infinities under MissingPolicy::kError.
Table read_array(const ArraySource& source, const ArrayHeader& header, const ReadOptions& options);

/// Keeps and drops a nameless table's columns by their numbers, as the options ask.
void apply_column_options(const ReadOptions& options, Table* table);

/// The number of elements, or an error naming `name` if it does not fit into 63 bits as bytes.
std::uint64_t checked_array_bytes(const ArrayHeader& header, const std::string& name);

}  // namespace hourglass
