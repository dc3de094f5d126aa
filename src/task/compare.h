#pragma once

#include "base/thread_pool.h"
#include "data/reader.h"
#include "data/table.h"
#include "hourglass/compare.h"
#include "hourglass/progress.h"

namespace hourglass {

/// compare() of the public interface. `options.labels` are one a row of the table; `missing` is how
/// the table was read.
Comparison compare_contenders(const Table& table, const Settings& settings, MissingPolicy missing,
                              const CompareOptions& options, ThreadPool& pool,
                              const ProgressCallback& progress);

}  // namespace hourglass
