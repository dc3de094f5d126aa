#pragma once

#include <string>
#include <vector>

#include "data/reader.h"

namespace hourglass {

/// "; use --missing impute to … or --missing drop to …": how a message about a missing number ends.
std::string missing_advice();

/// Adds the warning which rows were left out under MissingPolicy::kDrop, and throws
/// ErrorKind::kData if no row is left.
void report_left_out_rows(Table* table);

}  // namespace hourglass
