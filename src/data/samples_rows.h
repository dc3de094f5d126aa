#pragma once

#include <functional>
#include <vector>

#include "data/table.h"

namespace hourglass {

/// Rows of a store, in the order given, into `out` (count × cols). Reads ascending rows of a store
/// on disk in long runs, skipping over small gaps.
void read_rows(const RowStore& store, const Index* rows, Index count, double* out);

/// How many rows of so many columns make a block of about 2 MiB of float64: at least 1.
Index rows_per_block(Index cols);

/// Calls visit(values, count) for all the given rows, block by block, in ascending order whatever
/// order they come in, so that a store on disk is read from front to back.
void visit_rows(const RowStore& store, const std::vector<Index>& rows,
                const std::function<void(const double* values, Index count)>& visit);

}  // namespace hourglass
