#pragma once

#include "train/train_model.h"

namespace hourglass {

/// Trains a model on patches of the pictures of `table`, drawn anew in each epoch. A share of the
/// pictures, chosen by the seed, is held out to choose the best epoch: its loss, and the PSNR told
/// in progress and summary, are of those pictures cut into patches. Such a model has no
/// calibration, as pictures have no anomaly scores. Throws as train_model() does, and
/// ErrorKind::kUsage for settings that make no sense with patches.
TrainedModel train_on_pictures(const Table& table, const TrainingJob& job, ThreadPool& pool,
                               const ProgressCallback& progress);

}  // namespace hourglass
