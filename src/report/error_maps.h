#pragma once

#include <string>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "task/table_explainer.h"

namespace hourglass {

/// Throws ErrorKind::kUsage unless the table's rows are images, seen by a model one by one
/// (`window` 0).
void check_maps(const Table& table, Index window);

/// Draws each image that was scored with its pixels' parts of the score over it: see write_maps().
/// Not safe to call twice for one folder at the same time.
void write_error_maps(const TableExplainer& scored, const std::string& folder, ThreadPool& pool,
                      const ProgressCallback& progress);

}  // namespace hourglass
