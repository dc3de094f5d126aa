#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "train/train_model.h"

namespace hourglass {

/// The anomaly score of each step within `part` of a series: the mean score of the windows that
/// hold it, each scored as one row (RowScorer). A whole window says whether its steps go together;
/// what is wrong between them may show in the reconstruction of any. The windows are those that lie
/// within `reach`, which holds `part`. NaN for a step that none covers. Memory beside the result
/// does not grow with the number of windows.
std::vector<double> score_steps(const TrainedModel& model, const Table& steps, Range part,
                                Range reach, ThreadPool& pool, const ProgressCallback& progress);

}  // namespace hourglass
