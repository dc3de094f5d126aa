#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/samples.h"
#include "data/table.h"
#include "hourglass/progress.h"
#include "train/row_roles.h"
#include "train/run_part.h"
#include "train/trained_model.h"

namespace hourglass {

/// Everything that decides a training besides the data.
struct TrainingJob {
  ModelSpec spec;  ///< as given; sizes left open are chosen from the data
  /// How columns become features; null: learned from the training rows.
  std::shared_ptr<const Encoding> encoding = nullptr;
  /// What the training rows' places are taken by, drawn anew in each epoch, for a member of this
  /// seed; null: those rows.
  std::function<Samples(std::uint64_t seed)> drawn = nullptr;
  /// A table of what the network is to see in the place of each row (see Samples::show()); null:
  /// the rows themselves. What is drawn says so by itself.
  const Table* shown = nullptr;
  /// What is drawn, and shown, has been damaged as the spec's corruptions say.
  bool drawn_damaged = false;
  bool diagnose = true;  ///< compare with PCA and look for what a user should be warned of
  Index memory_limit_bytes = Index{512} << 20;  ///< above it features are encoded block by block
  RunPart part = {};  ///< of a run folder, which keeps the training's state; none by default
  /// What gives a model that is still in training the calibration that detection needs; null: it
  /// goes without. Called from the thread of a fit, whose pool is in use.
  std::function<void(TrainedModel&)> calibrate_so_far = nullptr;
};

/// What a spec's defaults and checks depend on, of a table whose columns are encoded so.
DataShape shape_of(const Table& table, const Encoding& encoding, Index training_rows);

/// Learns the encoding, if there is none yet, resolves the sizes, trains, and looks back: from the
/// training rows of `roles` alone, stopping by its validation rows. Throws as fit(),
/// learn_encoding() and resolve() do.
TrainedModel train_model(const Table& table, const RowRoles& roles, const TrainingJob& job,
                         ThreadPool& pool, const ProgressCallback& progress);

}  // namespace hourglass
