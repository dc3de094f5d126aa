#pragma once

#include "data/input_file.h"
#include "data/reader.h"

namespace hourglass {

/// IDX, as MNIST comes: two zero bytes, the element type, the number of dimensions, the dimensions
/// and the elements, all big-endian. Bytes read as value / 255, so samples lie in [0, 1].
bool looks_like_idx(const InputFile& input);
Table read_idx(const InputFile& input, const ReadOptions& options);

/// The same with bytes as they are, for labels.
Table read_idx_labels(const InputFile& input, const ReadOptions& options);

}  // namespace hourglass
