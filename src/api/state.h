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
/// The same for a file's features: labels and names that are columns of it are not among them.
ReadOptions feature_options(const std::string& path, const DataOptions& options);
/// The columns a table would have that the model was trained on, for matching by name.
std::vector<Column> columns_of(const Model& model);

}  // namespace hourglass
