#pragma once

#include "data/array_table.h"
#include "data/input_file.h"

namespace hourglass {

/// NumPy's .npy, versions 1 to 3.
bool looks_like_npy(const InputFile& input);
Table read_npy(const InputFile& input, const ReadOptions& options);

/// What the header of an .npy says, before its element type is looked up.
struct NpyHeader {
  std::string descr;  ///< e.g. "<f4"
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::uint64_t bytes = 0;  ///< of the header itself: where the elements begin
};

/// Reads magic, version and header from the start of `source`. Throws ErrorKind::kData naming
/// `name`.
NpyHeader read_npy_header(ByteSource& source, const std::string& name);

/// Looks up the element type; throws ErrorKind::kData for objects, records, text and other types
/// that are not numbers.
ArrayHeader interpret_npy_header(const NpyHeader& header, const std::string& name);

}  // namespace hourglass
