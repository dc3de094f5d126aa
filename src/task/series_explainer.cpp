#include "task/series_explainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/ordered_work.h"
#include "data/windows.h"
#include "task/judged_row.h"
#include "task/reconstructed_rows.h"
#include "task/row_explainer.h"
#include "task/row_scorer.h"

namespace hourglass {
namespace {

// Features of the steps that are explained at a time.
constexpr Index kNumbersAtOnce = Index{1} << 19;

// What is made of windows, or of steps.
struct Judged {
  std::vector<double> errors;    // of each feature of a step; they add up to the score
  std::vector<double> expected;  // reconstructions
};

// Sums over the windows that cover each of some steps.
class StepSums {
 public:
  StepSums(Range steps, Index features) : steps_(steps), features_(features) {
    sums_.errors.resize(static_cast<std::size_t>(steps.size() * features));
    sums_.expected.resize(sums_.errors.size());
    covering_.resize(static_cast<std::size_t>(steps.size()));
  }

  // What was made of the window that begins at `first`, the i-th of `judged`.
  void add(Index first, Index window, const Judged& judged, Index i) {
    const auto errors = static_cast<std::size_t>(i * features_);
    for (Index step = std::max(first, steps_.begin); step < std::min(first + window, steps_.end);
         ++step) {
      const auto from = static_cast<std::size_t>((i * window + step - first) * features_);
      const auto to = static_cast<std::size_t>((step - steps_.begin) * features_);
      for (std::size_t f = 0; f < static_cast<std::size_t>(features_); ++f) {
        sums_.errors[to + f] += judged.errors[errors + f];
        sums_.expected[to + f] += judged.expected[from + f];
      }
      covering_[static_cast<std::size_t>(step - steps_.begin)] += 1;
    }
  }

  // The means over those windows: `errors` and `expected` are a step's features.
  void means(Index step, std::vector<double>& errors, std::vector<float>& expected) const {
    const auto from = static_cast<std::size_t>((step - steps_.begin) * features_);
    const double windows = covering_[static_cast<std::size_t>(step - steps_.begin)];
    for (std::size_t f = 0; f < errors.size(); ++f) {
      errors[f] = sums_.errors[from + f] / windows;
      expected[f] = static_cast<float>(sums_.expected[from + f] / windows);
    }
  }

 private:
  Range steps_;
  Index features_;
  Judged sums_;
  std::vector<double> covering_;
};

// What adds up to the score is made to add up to features there × score, of cells that are there.
void share_among_cells_there(const Encoding& encoding, const double* cells,
                             std::vector<double>& errors) {
  const double score = std::accumulate(errors.begin(), errors.end(), 0.0);
  Index there = 0;
  for (std::size_t c = 0; c < encoding.columns.size(); ++c) {
    const ColumnEncoding& column = encoding.columns[c];
    if (std::isnan(cells[c])) {
      std::fill_n(errors.begin() + column.first_feature, column.feature_count, 0.0);
    } else {
      there += column.feature_count;
    }
  }
  const double left = std::accumulate(errors.begin(), errors.end(), 0.0);
  if (!(left > 0)) return;
  for (double& error : errors) error *= static_cast<double>(there) * score / left;
}

StepSums sum_over_windows(const ScoredPart& part, const Table& table,
                          const std::vector<Index>& first_steps, Range steps, ThreadPool& pool) {
  const Index window = part.model->saved.spec.window;
  const Index features = part.model->saved.encoding.features;
  const Index of_step = features / window;
  const std::vector<std::vector<double>> weights = error_weights(*part.model);
  const Table windows = window_table(table, first_steps, window);
  StepSums sums(steps, of_step);
  std::vector<Judged> of_piece(static_cast<std::size_t>(places_for(pool)));
  const auto visit = [&](const ReconstructedRows& block) {
    Judged& piece = of_piece[static_cast<std::size_t>(block.rows.place)];
    piece.errors.resize(static_cast<std::size_t>(block.rows.piece_rows * of_step));
    piece.expected.resize(static_cast<std::size_t>(block.rows.piece_rows * features));
    JudgedRow judged(features);
    for (Index r = 0; r < block.rows.count; ++r) {
      judged.judge(block, r, weights);
      const Index i = block.rows.within + r;
      std::copy(judged.expected().begin(), judged.expected().end(),
                piece.expected.begin() + i * features);
      double* errors = piece.errors.data() + i * of_step;
      std::fill_n(errors, of_step, 0.0);
      const double there = std::max(1.0, features_there(block.rows, r));
      for (Index f = 0; f < features; ++f) {
        errors[f % of_step] += judged.errors()[static_cast<std::size_t>(f)] / there;
      }
    }
  };
  const auto hand_on = [&](Index begin, Index count, int place) {
    for (Index i = 0; i < count; ++i) {
      sums.add(first_steps[static_cast<std::size_t>(begin + i)], window,
               of_piece[static_cast<std::size_t>(place)], i);
    }
  };
  run(
      ReconstructionPass{
          .model = *part.model, .table = windows, .visit = visit, .hand_on = hand_on},
      pool);
  return sums;
}

}  // namespace

SeriesExplainer::SeriesExplainer(Table steps, std::vector<ScoredPart> parts, Index columns,
                                 int threads)
    : steps_(std::move(steps)),
      runs_(unbroken_runs(steps_)),
      parts_(std::move(parts)),
      columns_(std::min(columns, steps_.cols())),
      threads_(threads) {}

std::vector<std::vector<Contribution>> SeriesExplainer::explain(Index begin, Index end) const {
  HOURGLASS_CHECK(0 <= begin && begin <= end && end <= steps_.rows());
  std::vector<std::vector<Contribution>> explanations;
  ThreadPool pool(threads_worth_waking(end - begin, threads_));
  for (const ScoredPart& part : parts_) {
    const SavedModel& saved = part.model->saved;
    const Encoding encoding = encoding_of_steps(saved.encoding, saved.spec.window);
    // Windows reach into the next stretch, where they are worked through again.
    const Index most = std::max(4 * saved.spec.window, kNumbersAtOnce / encoding.features);
    const Index stop = std::min(end, part.steps.end);
    for (Index step = std::max(begin, part.steps.begin); step < stop; step += most) {
      explain_stretch(part, encoding, {step, std::min(step + most, stop)}, pool, explanations);
    }
  }
  return explanations;
}

void SeriesExplainer::explain_stretch(const ScoredPart& part, const Encoding& encoding, Range steps,
                                      ThreadPool& pool,
                                      std::vector<std::vector<Contribution>>& out) const {
  const ModelSpec& spec = part.model->saved.spec;
  const std::vector<Index> first_steps =
      windows_covering(steps, runs_, part.reach, spec.window, std::max<Index>(1, spec.stride));
  const StepSums sums = sum_over_windows(part, steps_, first_steps, steps, pool);
  std::vector<double> raw(static_cast<std::size_t>(steps.size() * steps_.cols()));
  steps_.store->read(steps.begin, steps.end, raw.data());
  std::vector<double> errors(static_cast<std::size_t>(encoding.features));
  std::vector<float> expected(errors.size());
  RowExplainer explainer(encoding, columns_);
  for (Index step = steps.begin; step < steps.end; ++step) {
    sums.means(step, errors, expected);
    const double* cells = raw.data() + (step - steps.begin) * steps_.cols();
    share_among_cells_there(encoding, cells, errors);
    out.push_back(explainer.explain(errors.data(), cells, expected.data()));
  }
}

}  // namespace hourglass
