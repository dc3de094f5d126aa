#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/holes.h"
#include "data/image.h"
#include "data/table.h"
#include "model/saved_model.h"

namespace hourglass {

/// An image with holes that it is known what was in.
struct HoleTrial {
  Image clean;  ///< in the units of the table
  Holes holes;  ///< some of its pixels, not all
};

/// `count` of them, or fewer where holes leave nothing to do: images of these rows, at least one,
/// of which no pixel is missing, in turn, with holes as the model's training has them but never
/// had. A function of the table, the model's spec and its seed.
std::vector<HoleTrial> hole_trials(const SavedModel& model, const Table& table,
                                   const std::vector<Index>& rows, Index count, ThreadPool& pool);

/// Mean squared error where pixels are missing.
double error_of(const HoleTrial& trial, const Image& filled);

}  // namespace hourglass
