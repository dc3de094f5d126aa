#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "train/train_model.h"

namespace hourglass {

/// What anomaly_score.h does for one network, for all members of a model.

/// Calls visit(member) for each in turn, a model by itself that lives as long as the call.
void for_each_member(const TrainedModel& model,
                     const std::function<void(const TrainedModel&)>& visit);

/// Each member's feature scale in turn: members × features.
std::vector<double> learn_member_scales(const TrainedModel& model, const Table& table,
                                        const std::vector<Index>& rows, ThreadPool& pool);

/// The mean over members of the anomaly score that each gives a row by its own scale.
std::vector<double> score_by_members(const TrainedModel& model, const Table& table,
                                     const std::vector<Index>& rows, ThreadPool& pool,
                                     const ProgressCallback& progress);

}  // namespace hourglass
