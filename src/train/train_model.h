#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "model/saved_model.h"
#include "network/ensemble_inference.h"
#include "train/row_roles.h"

namespace hourglass {

/// A model in use: what the file holds, with the parameters in the layout kernels work in.
struct TrainedModel {
  SavedModel saved;   ///< `saved.networks` empty until packed for a file
  Networks networks;  ///< one a member of `saved.spec`

  Index members() const { return static_cast<Index>(networks.size()); }
  const Network<float>& network(Index member = 0) const {
    return *networks[static_cast<std::size_t>(member)];
  }
};

/// A member of a model as a model of its own: its network, its feature scales, but no calibration,
/// as the scores there are those of all members together. What is told of the training stays.
TrainedModel member_of(const TrainedModel& model, Index member);

/// Everything that decides a training besides the data.
struct TrainingJob {
  ModelSpec spec;  ///< as given; sizes left open are chosen from the data
  /// How columns become features; null: learned from the training rows.
  std::shared_ptr<const Encoding> encoding = nullptr;
  bool diagnose = true;  ///< compare with PCA and look for what a user should be warned of
  Index memory_limit_bytes = Index{512} << 20;  ///< above it features are encoded block by block
};

/// What a spec's defaults and checks depend on, of a table whose columns are encoded so.
DataShape shape_of(const Table& table, const Encoding& encoding, Index training_rows);

/// Learns the encoding, if there is none yet, resolves the sizes, trains, and looks back: from the
/// training rows of `roles` alone, stopping by its validation rows. Throws as fit(),
/// learn_encoding() and resolve() do.
TrainedModel train_model(const Table& table, const RowRoles& roles, const TrainingJob& job,
                         ThreadPool& pool, const ProgressCallback& progress);

/// From a file's contents and back.
TrainedModel unpack(SavedModel saved);
SavedModel pack(const TrainedModel& model);

}  // namespace hourglass
