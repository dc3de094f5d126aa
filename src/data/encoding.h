#pragma once

#include <string>
#include <vector>

#include "data/table.h"
#include "tensor/matrix.h"

namespace hourglass {

enum class Scaling { kAuto, kStandard, kMinMax, kRobust, kNone, kCentred };

/// How one column of the table becomes features, and back. Numeric: feature = (value − shift) /
/// scale. Categorical: one feature a level plus one for "other", 1 for the level it is and 0 for
/// the rest.
struct ColumnEncoding {
  Column column;
  bool dropped = false;  ///< constant over the training rows
  double constant = 0;   ///< its value then, for the way back
  double shift = 0;
  double scale = 1;
  double observed_min = 0, observed_max = 0;  ///< over the training rows
  Index first_feature = -1;
  Index feature_count = 0;
};

/// Everything learned about a table's columns, from training rows alone; part of the saved model.
struct Encoding {
  Scaling scaling = Scaling::kStandard;
  std::vector<ColumnEncoding> columns;
  std::vector<Index> sample_shape;
  bool unit_interval = false;
  Index features = 0;

  Index table_columns() const { return static_cast<Index>(columns.size()); }
  bool has_categories() const;
  /// "petal width", or "colour=red" for a one-hot feature.
  std::string feature_name(Index feature) const;
  /// The table's column that a feature came from.
  Index feature_column(Index feature) const;
};

struct EncodingOptions {
  Scaling scaling = Scaling::kAuto;
  /// The targets must lie in [0, 1] (binary cross-entropy): `auto` picks min–max, others are
  /// refused.
  bool needs_unit_interval = false;
  Index max_levels = 256;  ///< levels past the most frequent this many become "other"
};

/// Learns the encoding from the given rows. Streams over them once or twice; exact mean and
/// variance, exact quantiles up to 1,000,000 rows and from an even sample of that many beyond.
/// `notes` receives one line for each thing the user should know (constant columns dropped, scaling
/// chosen and why). Throws ErrorKind::kData if no column is left.
Encoding learn_encoding(const Table& table, const std::vector<Index>& training_rows,
                        const EncodingOptions& options, std::vector<std::string>* notes);

/// raw: count × table columns (as RowStore gives them) → features: count × encoding.features.
/// A missing cell gives 0 for its features and 0 in `mask` (same shape as features; may be null).
void encode_rows(const Encoding& encoding, const double* raw, Index count, float* features,
                 float* mask);

/// The way back: numbers in the data's own units; a categorical column gives the position of its
/// largest feature (−1 for "other"); a dropped one its constant.
void decode_rows(const Encoding& encoding, const float* features, Index count, double* raw);

/// Throws ErrorKind::kData if the table's columns are not those the encoding was learned from.
void check_table_fits(const Encoding& encoding, const Table& table);

}  // namespace hourglass
