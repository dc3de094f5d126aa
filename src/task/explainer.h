#pragma once

#include <cstdint>
#include <vector>

#include "data/table.h"
#include "hourglass/detect.h"
#include "train/train_model.h"

namespace hourglass {

/// Says of any row of a table what accounts for its anomaly score. Keeps the models that scored the
/// rows and looks at a row again when asked, as the words for ten million rows would not fit in
/// memory. Immutable and safe to use from several threads.
class Explainer {
 public:
  /// Row i was scored by models[model_of_row[i]]; an empty `model_of_row` means by the first.
  /// `columns`: how many to name for each row, cut to the table's.
  Explainer(Table table, std::vector<TrainedModel> models, std::vector<std::uint8_t> model_of_row,
            Index columns, int threads);

  Index columns() const { return columns_; }
  const Table& table() const { return table_; }
  const std::vector<TrainedModel>& models() const { return models_; }
  /// For each model, which of the rows begin … end − 1 it scored, ascending.
  std::vector<std::vector<Index>> rows_of_models(Index begin, Index end) const;

  /// For each of the rows begin … end − 1 the columns with the largest errors, largest first.
  std::vector<std::vector<Contribution>> explain(Index begin, Index end) const;

 private:
  Table table_;
  std::vector<TrainedModel> models_;
  std::vector<std::uint8_t> model_of_row_;
  Index columns_;
  int threads_;
};

}  // namespace hourglass
