#pragma once

#include <vector>

#include "base/thread_pool.h"
#include "data/corruptor.h"
#include "data/samples.h"
#include "hourglass/progress.h"
#include "model/fit_state.h"
#include "model/model_spec.h"
#include "network/network.h"
#include "train/run_part.h"

namespace hourglass {

struct FitResult {
  std::vector<EpochRecord> history;
  Index best_epoch = 0;  ///< the one whose parameters the network now has
  bool stopped_early = false;
  double seconds = 0;  ///< in epochs of training
  Index samples = 0;   ///< that went through them
  double samples_per_second = 0;
};

/// Trains `network` in place: epochs of shuffled batches, validation after each, early stopping
/// after `patience` epochs without improvement of loss and penalties together, and at the end the
/// parameters of the best epoch.
/// Without validation rows all epochs (or `steps`) run and the last stands. `validation` may be
/// null. Both see their samples through `corruptor`: training anew in each epoch, validation always
/// the same. As `part` of a run its state is kept, from which it goes on where it was interrupted,
/// or at once gives what it had come to; either way the result is the same to the bit.
/// Throws kFailed if the loss stops being finite, kInterrupted if asked to stop, kModel if what was
/// kept is of another training.
FitResult fit(Network<float>& network, const ModelSpec& spec, const Samples& training,
              const Samples* validation, const Corruptor& corruptor, ThreadPool& pool,
              const ProgressCallback& progress, const RunPart& part = {});

}  // namespace hourglass
