#pragma once

#include <cstdint>
#include <vector>

#include "data/table.h"
#include "hourglass/detect.h"

namespace hourglass {

/// The source's row, counted from 1 (anew in each file of several), of each of a table's `rows`
/// rows; empty where that is 1, 2, 3, …
std::vector<std::int64_t> source_rows(const Table& table, Index rows);

/// Says which row of which source each score is for; there is one for each row.
void tell_places(DetectionScores& result, const Table& table);

}  // namespace hourglass
