#pragma once

#include <cstdint>
#include <vector>

#include "data/table.h"
#include "task/explainer.h"
#include "train/train_model.h"

namespace hourglass {

/// Explains rows of a table that were scored one by one.
class TableExplainer : public Explainer {
 public:
  /// Row i was scored by models[model_of_row[i]]; an empty `model_of_row` means by the first.
  /// `columns`: how many to name for each row, cut to the table's.
  TableExplainer(Table table, std::vector<TrainedModel> models,
                 std::vector<std::uint8_t> model_of_row, Index columns, int threads);

  Index columns() const override { return columns_; }
  const Table& table() const { return table_; }
  const std::vector<TrainedModel>& models() const { return models_; }
  /// For each model, which of the rows begin … end − 1 it scored, ascending.
  std::vector<std::vector<Index>> rows_of_models(Index begin, Index end) const;

  std::vector<std::vector<Contribution>> explain(Index begin, Index end) const override;

 private:
  Table table_;
  std::vector<TrainedModel> models_;
  std::vector<std::uint8_t> model_of_row_;
  Index columns_;
  int threads_;
};

}  // namespace hourglass
