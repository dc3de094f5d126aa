#pragma once

#include <string>
#include <vector>

#include "data/byte_source.h"
#include "data/table.h"

namespace hourglass {

/// A number as a label: "1" for 1.0.
std::string number_label(double value);

/// The labels of a table of one column. Throws ErrorKind::kData if it has more.
std::vector<std::string> table_labels(const Table& table);

/// The labels in a .npy array of numbers or text, of shape (n) or (n, 1). Throws ErrorKind::kData
/// for others; `name` is for messages.
std::vector<std::string> read_array_labels(ByteSource& npy, const std::string& name);

}  // namespace hourglass
