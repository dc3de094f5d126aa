#include "task/step_scores.h"

#include <algorithm>
#include <limits>

#include "base/ordered_work.h"
#include "data/windows.h"
#include "task/part_of.h"
#include "task/row_scorer.h"

namespace hourglass {

std::vector<double> score_steps(const TrainedModel& model, const Table& steps, Range part,
                                Range reach, ThreadPool& pool, const ProgressCallback& progress) {
  RowScorer scorer(model, pool);
  const Index window = model.saved.spec.window;
  const std::vector<Index> first_steps = windows_within(
      unbroken_runs(steps), reach, window, std::max<Index>(1, model.saved.spec.stride));
  const Table windows = window_table(steps, first_steps, window);

  std::vector<double> sums(static_cast<std::size_t>(part.size()));
  std::vector<double> covering(sums.size());
  std::vector<std::vector<double>> of_piece(static_cast<std::size_t>(places_for(pool)));
  RowPass pass{.encoding = model.saved.encoding, .block_rows = scorer.block_rows(), .visit = {}};
  pass.visit = [&](const EncodedRows& block) {
    std::vector<double>& piece = of_piece[static_cast<std::size_t>(block.place)];
    piece.resize(static_cast<std::size_t>(block.piece_rows));
    scorer.score(block, piece.data() + block.within);
  };
  pass.hand_on = [&](Index begin, Index count, int place) {
    const double* score = of_piece[static_cast<std::size_t>(place)].data();
    for (Index i = begin; i < begin + count; ++i, ++score) {
      const Index first = first_steps[static_cast<std::size_t>(i)];
      const Index end = std::min(first + window, part.end);
      for (Index step = std::max(first, part.begin); step < end; ++step) {
        sums[static_cast<std::size_t>(step - part.begin)] += *score;
        covering[static_cast<std::size_t>(step - part.begin)] += 1;
      }
    }
  };
  pass.progress = share_of_stage(progress, "scoring");
  const Index piece_rows = rows_per_piece(model.saved.encoding, scorer.block_rows());
  run(pass, *stream_rows(windows, nullptr, piece_rows), pool);
  std::transform(sums.begin(), sums.end(), covering.begin(), sums.begin(),
                 [](double sum, double count) {
                   return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
                 });
  return sums;
}

}  // namespace hourglass
