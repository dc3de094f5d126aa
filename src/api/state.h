#pragma once

#include "data/reader.h"
#include "data/table.h"
#include "hourglass/data.h"
#include "hourglass/model.h"
#include "train/train_model.h"

namespace hourglass {

struct Data::State {
  Table table;
  MissingPolicy missing = MissingPolicy::kError;  ///< how it was read
};

struct Model::State {
  TrainedModel model;
};

/// A spec from settings, for this data: where nothing says otherwise, large images get
/// convolutions, and cells that were let through as missing are masked in the loss.
ModelSpec spec_for(const Data& data, const Settings& settings);

/// What training and scoring take from the options a caller gives.
ReadOptions read_options(const DataOptions& options);

}  // namespace hourglass
