#pragma once

#include "train/train_model.h"

namespace hourglass {

/// Trains a model on images of one size that counts only what is cut out of them. It has no
/// calibration, and is not compared with PCA: what it makes of whole samples was never learned.
/// One that takes images whole gets a linear estimate beside its network. The PSNR of the summary
/// is that of holes in the images held out. Throws as train_model() does.
TrainedModel train_to_fill_holes(const Table& table, const TrainingJob& job, ThreadPool& pool,
                                 const ProgressCallback& progress);

}  // namespace hourglass
