#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"
#include "tensor/matrix.h"

namespace hourglass {

/// The safetensors layout, as far as Hourglass uses it: 8 bytes with the header's length (little
/// endian), a JSON header of string metadata and tensors, then the tensors' bytes without gaps.
/// docs/model-format.md has the details.

enum class TensorType { kF16, kF32, kF64, kU8, kU32 };

std::size_t bytes_of(TensorType type);  ///< of one number

/// One tensor of a file; `bytes` points into what it was made from.
struct TensorBytes {
  std::string name;
  TensorType type = TensorType::kF32;
  std::vector<Index> shape;
  std::string_view bytes;                        ///< little endian, row-major
  std::shared_ptr<const void> holder = nullptr;  ///< of the bytes, where they are its own

  std::vector<float> floats() const;          ///< for kF16 and kF32
  std::vector<double> doubles() const;        ///< for kF64
  std::vector<std::uint32_t> counts() const;  ///< for kU32
};

TensorBytes tensor_bytes(std::string name, std::vector<Index> shape,
                         const std::vector<float>& values);
/// Rounded to kF16; |values| ≤ kLargestHalf.
TensorBytes half_tensor_bytes(std::string name, std::vector<Index> shape,
                              const std::vector<float>& values);
TensorBytes tensor_bytes(std::string name, const Matrix<float>& values);
TensorBytes tensor_bytes(std::string name, const std::vector<double>& values);
TensorBytes tensor_bytes(std::string name, std::vector<Index> shape,
                         const std::vector<std::uint32_t>& values);
/// Of one dimension, kU8.
TensorBytes tensor_bytes(std::string name, std::string_view bytes);

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<TensorBytes> tensors;  ///< in the order of their bytes
  std::string_view data;             ///< all tensors' bytes
};

/// `tensors` in the order given; wider types first keeps every tensor aligned to its element.
std::string format_tensor_file(const std::map<std::string, std::string>& metadata,
                               const std::vector<TensorBytes>& tensors);

/// Checks everything the layout promises before it hands out a view: lengths, JSON (no duplicate
/// keys, bounded nesting), known types, offsets that follow on each other and end with the file.
/// Throws ErrorKind::kModel naming `name` and `what` it should be. The result points into `bytes`.
TensorFile parse_tensor_file(std::string_view bytes, const std::string& name,
                             const char* what = "model");

}  // namespace hourglass
