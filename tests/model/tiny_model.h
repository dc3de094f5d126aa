#pragma once

#include <limits>

#include "model/saved_model.h"
#include "model/settings.h"

namespace hourglass {

/// A small model with something in every field: numeric, categorical and dropped columns, a name
/// that is not UTF-8, numbers that are not known. What tests/data/models/v1-tiny.hourglass holds;
/// never to be changed without a new format version.
inline SavedModel tiny_model() {
  SavedModel model;
  model.spec = spec_from_settings({{"family", "deep"},
                                   {"loss", "mse"},
                                   {"hidden", "3"},
                                   {"latent_dim", "2"},
                                   {"activation", "tanh"},
                                   {"norm", "batch"},
                                   {"dropout", "0.25"},
                                   {"optimizer", "adam"},
                                   {"weight_decay", "0"},
                                   {"lr", "0.001953125"},
                                   {"epochs", "7"},
                                   {"batch_size", "16"},
                                   {"patience", "0"},
                                   {"seed", "9007199254740993"},
                                   {"scaling", "standard"}});
  model.spec.hidden_given = true;

  Encoding& encoding = model.encoding;
  encoding.scaling = Scaling::kStandard;
  encoding.sample_shape = {4};
  encoding.columns.resize(4);
  encoding.columns[0].column.name = "age";
  encoding.columns[0].shift = 41.5;
  encoding.columns[0].scale = 0.1;
  encoding.columns[0].observed_min = 18;
  encoding.columns[0].observed_max = 93;
  encoding.columns[1].column = {"colour", ColumnKind::kCategorical, {"red", "green", "bl\xFC"}};
  encoding.columns[1].kept_levels = {0, 2};
  encoding.columns[2].column.name = "ever \"the\" same";
  encoding.columns[2].dropped = true;
  encoding.columns[2].constant = std::numeric_limits<double>::quiet_NaN();
  encoding.columns[3].column.name = "height\n";
  encoding.columns[3].observed_min = -1;
  encoding.columns[3].observed_max = 2;
  encoding.lay_out_features();

  model.networks = {Network<float>(network_of(model.spec, encoding.features)).tensors()};
  int k = 0;
  for (NamedTensor& tensor : model.networks[0]) {
    for (float& value : tensor.values) value = 0.0625f * static_cast<float>(++k % 17 + 1);
  }
  model.calibration.feature_scale = {0.5, 1.25, 0, 3, 0.1};
  model.calibration.scores = {0.25, 0.5, 0.5, 8};
  model.calibration.rows = 4;
  model.calibration.cross_fitted = true;
  model.training.train_loss = 0.1;
  model.training.validation_loss = std::numeric_limits<double>::quiet_NaN();
  model.training.epochs = 7;
  model.training.best_epoch = 5;
  model.training.training_rows = 100;
  model.training.validation_rows = 11;
  model.training.seconds = 0.3;
  model.training.samples_per_second = 12345.678;
  model.training.stopped_early = true;
  model.training.pca_loss = std::numeric_limits<double>::quiet_NaN();
  model.training.model_mse = 1e-17;
  model.warnings = {{"dead-units", "2 of 3 units never fire"}};
  model.notes = {"left out: 'ever \"the\" same'", ""};
  return model;
}

}  // namespace hourglass
