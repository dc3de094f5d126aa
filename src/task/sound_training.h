#pragma once

#include "train/train_model.h"

namespace hourglass {

/// Trains a model on stretches of the recordings of `table`, with noise mixed in anew in each
/// epoch: white noise or recordings of `spec.noise_from`, at signal-to-noise ratios as the spec's
/// corruptions say. A share of the recordings, chosen by the seed, is held out to choose the best
/// epoch. Throws as train_model() does, and ErrorKind::kUsage for settings that make no sense with
/// sound.
TrainedModel train_on_sound(const Table& table, const TrainingJob& job, ThreadPool& pool,
                            const ProgressCallback& progress);

}  // namespace hourglass
