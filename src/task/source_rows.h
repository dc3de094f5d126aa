#pragma once

#include <cstdint>
#include <vector>

#include "data/table.h"

namespace hourglass {

/// The source's row, counted from 1, of each of a table's `rows` rows; empty where they are the
/// same, as none was left out.
std::vector<std::int64_t> source_rows(const Table& table, Index rows);

}  // namespace hourglass
