#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/byte_store.h"
#include "data/element_type.h"
#include "data/table.h"

namespace hourglass {

/// How rows × cols elements lie in a ByteStore (row-major, nothing between them) and what number
/// each stands for.
struct RowLayout {
  const ElementType* type = nullptr;
  Index rows = 0;
  Index cols = 0;
  bool swapped = false;      ///< not in this machine's byte order
  double divisor = 1;        ///< number = element / divisor
  bool has_missing = false;  ///< NaN and infinities may occur and read as NaN
  /// They are an error naming this source instead; empty: they are not.
  std::string refuses_missing = {};

  std::uint64_t row_bytes() const { return static_cast<std::uint64_t>(cols * type->size); }
};

std::shared_ptr<const RowStore> make_row_store(std::shared_ptr<const ByteStore> bytes,
                                               const RowLayout& layout);

/// Some columns of another store, in the given order.
std::shared_ptr<const RowStore> select_columns(std::shared_ptr<const RowStore> store,
                                               std::vector<Index> columns);

/// Rows that make up about a mebibyte of `row_bytes` each; at least 1.
Index rows_per_block(std::uint64_t row_bytes);

}  // namespace hourglass
