#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "train/fit.h"

namespace hourglass {

/// One autoencoder of a model on its way through training.
struct Member {
  ModelSpec spec;                           ///< resolved; its own alone
  std::shared_ptr<Network<float>> network;  ///< initialised; trained in place
  Corruptor corruptor;
  RunPart part = {};   ///< of a run, if its training is one
  FitResult fit = {};  ///< what its training came to, pre-training included in the seconds
};

/// What members learn from.
struct MemberSamples {
  /// Those of a member, asked for when its turn has come, by several threads at once.
  std::function<std::shared_ptr<const Samples>(Index member)> training;
  bool in_memory = true;  ///< whether those are
  /// Likewise those that decide when a member stops; it may have none.
  std::function<std::shared_ptr<const Samples>(Index member)> validation;
  const Samples* pretraining = nullptr;  ///< null: as spec.pretrain_epochs is 0
  /// What pre-training may hold of all members at once.
  Index memory_limit_bytes = Index{512} << 20;
};

/// Trains every member by pretrain() and fit(). Where there are members enough to keep the pool
/// busy they run side by side, each whole on one thread, so that no step waits for another thread;
/// else, and where samples are read from disk or would not fit into memory several times, one after
/// the other on all threads. Either way each comes out the same to the bit. Throws what one of them
/// throws, the first in time, once all have stopped. `progress` tells of all together: loss and
/// validation loss are means.
void fit_members(std::vector<Member>& members, const MemberSamples& samples, ThreadPool& pool,
                 const ProgressCallback& progress);

/// The trainings of all members as one that took so many seconds: all their samples, the history
/// of the one that ran longest, and stopped early if every one was.
FitResult fit_of_all(const std::vector<Member>& members, double seconds);

}  // namespace hourglass
