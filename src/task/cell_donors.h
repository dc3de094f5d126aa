#pragma once

#include <vector>

#include "data/donors.h"
#include "data/table.h"
#include "train/trained_model.h"

namespace hourglass {

/// What cells of numbers hold where a model expects so much: some of those that are known are taken
/// away as in training and predicted, of each fold by the members that did without it (member i
/// without folds[i mod their number]); without folds by all members. At most kMostDonors a column.
/// A function of the table, the model and its seed.
Donors find_donors(const TrainedModel& model, const Table& table,
                   const std::vector<std::vector<Index>>& folds, ThreadPool& pool);

}  // namespace hourglass
