#pragma once

#include <memory>
#include <vector>

#include "data/encoding.h"
#include "data/table.h"
#include "task/explainer.h"
#include "train/train_model.h"

namespace hourglass {

/// A part of a series and the model that scored it, by the windows that lie within `reach` (see
/// score_steps()).
struct ScoredPart {
  std::shared_ptr<const TrainedModel> model;
  Range steps;
  Range reach;
};

/// Explains steps of a series that were scored by windows. A step's score is the mean of those of
/// the windows that cover it, of which a column has its share over all their steps (JudgedRow);
/// what was expected is the mean of the step's reconstructions. Works through the windows again, a
/// stretch of steps at a time, in memory that does not grow with the number of steps.
class SeriesExplainer : public Explainer {
 public:
  /// `parts`: one behind the other, all steps of the table; their models have the same window.
  /// `columns`: how many to name for each step, cut to the table's.
  SeriesExplainer(Table steps, std::vector<ScoredPart> parts, Index columns, int threads);

  Index columns() const override { return columns_; }
  std::vector<std::vector<Contribution>> explain(Index begin, Index end) const override;

 private:
  void explain_stretch(const ScoredPart& part, const Encoding& encoding, Range steps,
                       ThreadPool& pool, std::vector<std::vector<Contribution>>& out) const;

  Table steps_;
  std::vector<Range> runs_;
  std::vector<ScoredPart> parts_;
  Index columns_;
  int threads_;
};

}  // namespace hourglass
