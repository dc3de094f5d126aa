#include "task/window_scorer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/ordered_work.h"
#include "data/windows.h"
#include "task/part_of.h"

namespace hourglass {

WindowScorer::WindowScorer(const TrainedModel& model, ThreadPool& pool)
    : inference_(model.networks, model.saved.spec.step, pool),
      features_(model.saved.encoding.features),
      window_(model.saved.spec.window),
      weights_(error_weights(model)) {}

void WindowScorer::score(const EncodedRows& block, double* scores) {
  const Index features_of_step = features_ / window_;
  std::vector<double> errors(static_cast<std::size_t>(features_));
  std::fill_n(scores, block.count * window_, 0.0);
  for (Index member = 0; member < inference_.members(); ++member) {
    const Panels<const float> reconstructions =
        inference_.reconstruct_by(member, block.features, block.worker);
    for (Index r = 0; r < block.count; ++r) {
      standardised_errors(block, reconstructions, r, weights_[static_cast<std::size_t>(member)],
                          errors.data());
      for (Index step = 0; step < window_; ++step) {
        double sum = 0;
        double there = 0;
        for (Index f = step * features_of_step; f < (step + 1) * features_of_step; ++f) {
          sum += errors[static_cast<std::size_t>(f)];
          there += block.mask ? static_cast<double>(block.mask.at(r, f)) : 1;
        }
        scores[r * window_ + step] += sum / std::max(1.0, there);
      }
    }
  }
  const auto members = static_cast<double>(inference_.members());
  std::transform(scores, scores + block.count * window_, scores,
                 [&](double sum) { return sum / members; });
}

std::vector<double> score_steps(const TrainedModel& model, const Table& steps, Range part,
                                Range reach, ThreadPool& pool, const ProgressCallback& progress) {
  WindowScorer scorer(model, pool);
  const Index window = scorer.window();
  const std::vector<Index> first_steps = windows_within(
      unbroken_runs(steps), reach, window, std::max<Index>(1, model.saved.spec.stride));
  const Table windows = window_table(steps, first_steps, window);

  std::vector<double> sums(static_cast<std::size_t>(part.size()));
  std::vector<double> covering(sums.size());
  std::vector<std::vector<double>> of_piece(static_cast<std::size_t>(places_for(pool)));
  RowPass pass{.encoding = model.saved.encoding, .block_rows = scorer.block_rows(), .visit = {}};
  pass.visit = [&](const EncodedRows& block) {
    std::vector<double>& piece = of_piece[static_cast<std::size_t>(block.place)];
    piece.resize(static_cast<std::size_t>(block.piece_rows * window));
    scorer.score(block, piece.data() + block.within * window);
  };
  pass.hand_on = [&](Index begin, Index count, int place) {
    const double* score = of_piece[static_cast<std::size_t>(place)].data();
    for (Index i = begin; i < begin + count; ++i) {
      const Index first = first_steps[static_cast<std::size_t>(i)];
      for (Index step = first; step < first + window; ++step, ++score) {
        if (step < part.begin || step >= part.end) continue;
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
