#pragma once

#include "train/train_model.h"

namespace hourglass {

/// Trains a model that tells missing cells of rows by their other cells, from rows that may lack
/// some themselves. Of an ensemble each member does without a fold of the rows, by which it is
/// judged. Throws as train_model() does.
TrainedModel train_to_fill_cells(const Table& table, const TrainingJob& job, ThreadPool& pool,
                                 const ProgressCallback& progress);

}  // namespace hourglass
