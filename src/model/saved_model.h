#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/column_summary.h"
#include "data/donors.h"
#include "data/encoding.h"
#include "hourglass/model.h"
#include "model/linear_filling.h"
#include "model/model_spec.h"
#include "network/network.h"
#include "tensor/matrix.h"

namespace hourglass {

/// What detection learned from rows held out of training.
struct Calibration {
  /// members × features: root-mean-square residual of each on held-out rows
  std::vector<double> feature_scale;
  std::vector<double> scores;  ///< sorted anomaly scores of calibration rows (at most 10,000
                               ///< evenly spaced quantiles of them)
  Index rows = 0;              ///< how many rows they came from
  bool cross_fitted = false;
};

/// Codes of rows that a member was trained on, rows × latent_dim, one matrix a member; or none.
using ReferenceCodes = std::vector<std::shared_ptr<const Matrix<float>>>;

/// Everything in a model file.
struct SavedModel {
  ModelSpec spec;
  Encoding encoding;
  std::vector<std::vector<NamedTensor>> networks;  ///< the tensors of each member's
  ReferenceCodes reference_codes;
  Calibration calibration;
  Donors donors;         ///< of a model that fills in missing cells
  LinearFilling linear;  ///< of a model that fills holes of whole images
  TableSummary columns;  ///< what the training data was like; empty in older files
  TrainingSummary training;
  std::vector<Warning> warnings;
  std::vector<std::string> notes;
};

inline constexpr int kModelFormatVersion = 1;

/// safetensors layout; string metadata (JSON) holds the rest, the format version and a checksum
/// (CRC-32) of the tensor bytes. Written atomically. Throws ErrorKind::kFailed.
void write_model(const SavedModel& model, const std::string& path);
/// The same file as bytes.
std::string format_model(const SavedModel& model);

/// Trusts nothing: sizes in overflow-safe arithmetic, contiguous offsets, no duplicates, limits on
/// counts and nesting, every value in range, tensors that fit the spec. Throws ErrorKind::kModel
/// naming the file and what is wrong. `bytes` form: for fuzzing.
SavedModel read_model(const std::string& path);
SavedModel parse_model(const std::string& bytes, const std::string& name);

}  // namespace hourglass
