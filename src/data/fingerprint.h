#pragma once

#include <cstdint>

#include "base/thread_pool.h"
#include "data/table.h"

namespace hourglass {

/// A number that tells tables apart: of every cell (of pictures every pixel) to the bit, of
/// columns, levels, shape and where series begin; not of where the file lies or when it was
/// written. Two tables that differ by chance share it once in 2⁶⁴; it is no protection from who
/// means to deceive. Reads the table once; equal for any number of threads.
std::uint64_t fingerprint(const Table& table, ThreadPool& pool);

}  // namespace hourglass
