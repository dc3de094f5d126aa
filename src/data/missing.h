#pragma once

#include <string>
#include <vector>

#include "data/reader.h"

namespace hourglass {

/// "; use --missing impute to … or --missing drop to …": how a message about a missing number ends.
std::string missing_advice();

/// Throws ErrorKind::kData: the number in this row and column (counted from 0) is not finite.
[[noreturn]] void refuse_number(const std::string& source, Index row, Index column, double value);

/// Adds the warning which rows were left out under MissingPolicy::kDrop, and throws
/// ErrorKind::kData if no row is left. `rows`: those that are.
void report_left_out_rows(Table* table, Index rows);

}  // namespace hourglass
