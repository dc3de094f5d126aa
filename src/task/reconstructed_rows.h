#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "train/train_model.h"

namespace hourglass {

/// A block of rows on its way from the table through the model.
struct ReconstructedRows {
  const double* raw;             ///< count × table columns
  const float* features;         ///< count × features
  const float* mask;             ///< count × features, 1 where the cell was there
  const float* reconstructions;  ///< count × features
  Index count;
  Index begin;  ///< position of the first row in the list asked for
};

/// Encodes and reconstructs the given rows of a table block by block, in bounded memory.
void for_each_reconstructed(const TrainedModel& model, const Table& table,
                            const std::vector<Index>& rows, ThreadPool& pool,
                            const std::function<void(const ReconstructedRows&)>& visit);

/// The standardised squared errors of row `r` of a block, one a feature: (x − x̂)² · weight, 0 where
/// the cell is missing, capped so that they stay finite. `weights`: 1 / feature_scale².
void standardised_errors(const ReconstructedRows& block, Index r,
                         const std::vector<double>& weights, double* errors);

/// 1 / scale² of each feature.
std::vector<double> error_weights(const TrainedModel& model);

}  // namespace hourglass
