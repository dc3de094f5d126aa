#pragma once

#include "base/thread_pool.h"
#include "data/encoding.h"
#include "hourglass/detect.h"

namespace hourglass {

/// For each row of `table` its nearest of `among`, by Euclidean distance of their features; a
/// missing cell lies at its column's centre. `among` null: of the table's other rows. As many as
/// there are, if fewer than `count`. In bounded memory: both tables are gone through in parts, the
/// second once for each of the first's. Throws ErrorKind::kData if there is none to find, or
/// the tables' columns are not the encoding's.
NearestRows nearest_rows(const Encoding& encoding, const Table& table, const Table* among,
                         Index count, ThreadPool& pool, const ProgressCallback& progress);

}  // namespace hourglass
