#pragma once

#include <string>
#include <vector>

#include "task/blockwise_scorer.h"
#include "task/score_stream.h"

namespace hourglass {

/// The steps of a series as they come, scored as score_steps() does: a step's score is the mean of
/// what the windows that cover it give it. It is settled once no further window can cover it, at
/// the latest with the `window`-th step behind it (one earlier where a window begins at every
/// step): a run may end with the next step, and ends with a window (see windows_within()). Kept are
/// the steps of the last window and those of one call of add(), cut into windows a round at a time.
class WindowStream : public ScoreStream {
 public:
  /// Keeps references.
  WindowStream(const TrainedModel& model, ThreadPool& pool, std::string source);

  /// Rows left out before one end a run of steps. Throws ErrorKind::kData for a run shorter than a
  /// window.
  void add(const CsvFeed::Rows& rows, std::vector<double>& scores) override;
  void finish(std::vector<double>& scores) override;

 private:
  void take_in(const double* steps, Index count);
  void score_windows(Index first, Index count);
  void settle(Index end, std::vector<double>& scores);
  void end_run(std::vector<double>& scores);
  bool ends_with_window() const { return next_window_ - stride_ == steps_ - window_; }

  const std::string source_;
  const Index window_, stride_, cols_;
  BlockwiseScorer scorer_;

  // Of the run of steps that has not ended; positions are counted from its first.
  Index steps_ = 0;        // that have come
  Index kept_from_ = 0;    // the first that is kept
  Index settled_ = 0;      // steps whose scores are given away
  Index next_window_ = 0;  // the first step of the next one, every stride-th
  Index first_row_ = 0;    // of the source, counted from 0, as is the last
  Index last_row_ = 0;
  std::vector<double> kept_;      // steps × columns
  std::vector<double> sums_;      // of each step not settled
  std::vector<double> covering_;  // windows in that sum

  std::vector<double> windows_, of_windows_;  // of one round
};

}  // namespace hourglass
