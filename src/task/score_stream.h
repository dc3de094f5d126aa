#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/thread_pool.h"
#include "data/csv_feed.h"
#include "train/train_model.h"

namespace hourglass {

/// Scores rows as they come, in bounded memory: to the bit what detect() gives the same rows of a
/// file. Used by one thread at a time.
class ScoreStream {
 public:
  virtual ~ScoreStream() = default;
  /// Takes the next rows and puts behind `scores` those that are settled, one a row, in the rows'
  /// order. An error leaves there what was settled before.
  virtual void add(const CsvFeed::Rows& rows, std::vector<double>& scores) = 0;
  /// The same of rows still waited for: none follow.
  virtual void finish(std::vector<double>& scores) = 0;
};

/// For a model of rows or of windows. Keeps references; `source` is what messages call it.
std::unique_ptr<ScoreStream> open_score_stream(const TrainedModel& model, ThreadPool& pool,
                                               const std::string& source);

}  // namespace hourglass
