#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// How an .npy begins (NumPy's format, version 1.0) whose elements, of a type that NumPy describes
/// as `descr` ("'<f4'", "[('row', '<i8'), …]"), follow in C order.
std::string npy_beginning(std::string_view descr, const std::vector<Index>& shape);

}  // namespace hourglass
