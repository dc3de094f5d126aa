#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/encoded_rows.h"
#include "train/train_model.h"

namespace hourglass {

/// A block of rows and what each member of the model makes of it, as one worker has them.
struct ReconstructedRows {
  const EncodedRows& rows;
  std::vector<Panels<const float>> reconstructions;  ///< one a member: count × features
  /// The rows' code_distances(), one list a member; none where it keeps no codes.
  std::vector<std::vector<double>> code_distances = {};
};

/// A RowPass over rows of a table, those listed or all (null), whose blocks are reconstructed too.
struct ReconstructionPass {
  const TrainedModel& model;
  const Table& table;
  const std::vector<Index>* rows = nullptr;
  std::function<void(const ReconstructedRows&)> visit;
  std::function<void(Index begin, Index count, int place)> hand_on = {};
  std::function<void(double fraction)> progress = {};
};
void run(const ReconstructionPass& pass, ThreadPool& pool);

}  // namespace hourglass
