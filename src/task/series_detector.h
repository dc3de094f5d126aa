#pragma once

#include "base/thread_pool.h"
#include "data/table.h"
#include "hourglass/detect.h"
#include "train/train_model.h"

namespace hourglass {

// What task/detector.h does, of series: models whose spec has a window, tables whose rows are time
// steps. What is held out, to stop early, to calibrate or as a fold, are contiguous blocks at least
// a window away from what is trained on. A step's score is as score_steps() says. Its p-value is
// valid by itself, but those of neighbouring steps depend on each other, and all of them on the
// series staying what it was.

TrainedModel train_on_series(const Table& steps, const TrainingJob& job, bool for_detection,
                             ThreadPool& pool, const ProgressCallback& progress);

DetectionScores detect_in_series(const TrainedModel& model, const Table& steps,
                                 const DetectOptions& options, ThreadPool& pool,
                                 const ProgressCallback& progress);

/// Each of five contiguous parts is scored by a model trained on the others.
DetectionScores detect_in_series_itself(const Table& steps, const TrainingJob& job,
                                        const DetectOptions& options, ThreadPool& pool,
                                        const ProgressCallback& progress);

}  // namespace hourglass
