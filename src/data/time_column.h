#pragma once

#include <string>

#include "data/input_file.h"

namespace hourglass {

/// Throws ErrorKind::kData naming the first row whose time lies before that of the row above, or
/// that has none: neither a number nor a date that begins with the year. Only text tables have
/// such a column.
void check_order_of_time(const InputFile& input, const std::string& column);

}  // namespace hourglass
