#pragma once

#include <vector>

#include "data/encoded_rows.h"
#include "network/ensemble_inference.h"
#include "train/trained_model.h"

namespace hourglass {

/// Says what missing cells of a table's rows hold, by what a model makes of the others.
class CellFiller {
 public:
  /// The model must be of rows of a table. Keeps references.
  CellFiller(const TrainedModel& model, ThreadPool& pool);

  /// Rows of a block for predict(), at most.
  Index block_rows() const { return inference_.block_rows(); }
  /// What the model expects of every cell of a block's rows, count × features, in scaled units;
  /// of a category its levels' probabilities. On behalf of the block's worker.
  void predict(const EncodedRows& block, float* features);

  /// The likeliest value of a row's cell, in the table's units, by what was predicted of the row:
  /// of a number none beyond those that were learned from; of a category the position of a level.
  /// NaN where nothing is known of the column.
  double guess(Index column, const float* features) const;
  /// One of the values that it may have instead, as likely to come as it is to be true; `share`,
  /// uniform in [0, 1), says which. Of a number, what one of the five cells held of which the model
  /// expected most nearly the same when it learned.
  double draw(Index column, const float* features, double share) const;

 private:
  const ColumnEncoding& encoding_of(Index column) const {
    return encoding_.columns[static_cast<std::size_t>(column)];
  }
  const Encoding& encoding_;
  const Donors& donors_;
  EnsembleInference inference_;
};

}  // namespace hourglass
