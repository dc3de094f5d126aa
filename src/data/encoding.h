#pragma once

#include <string>
#include <vector>

#include "data/table.h"
#include "tensor/matrix.h"

namespace hourglass {

/// How numeric columns are brought to a common size. Learned on training rows, per column unless
/// said otherwise: feature = (value − shift) / scale.
///   standard  shift = mean, scale = standard deviation (divided by n)
///   min–max   shift = min, scale = max − min: training rows lie in [0, 1]
///   robust    shift = median, scale = IQR / 1.349 (the standard deviation, were it a normal
///             distribution); the standard deviation where the IQR is 0
///   none      the numbers as they are
///   centred   shift = mean, one common scale = √(mean of the columns' variances): what PCA finds
///             is not changed by it
///   log       counts: sign(value)·log(1 + |value|) in its place, then scale = the root of the mean
///             of all columns' squares of that, shift = 0: what is 0 stays 0
///   tf-idf    the same with each column multiplied by its inverse document frequency,
///             log((1 + n) / (1 + rows where it is not 0)) + 1 (Salton & Buckley 1988, smoothed as
///             in scikit-learn)
///   auto      chosen by the loss and the data, see EncodingOptions
enum class Scaling { kAuto, kStandard, kMinMax, kRobust, kNone, kCentred, kLog, kTfIdf };

/// Whether numbers are bent before they are shifted and scaled.
constexpr bool is_logarithmic(Scaling scaling) {
  return scaling == Scaling::kLog || scaling == Scaling::kTfIdf;
}

/// How one column of the table becomes features, and back. Numeric: feature = (value − shift) /
/// scale. Categorical: one feature a kept level plus one for "other", 1 for the level it is and 0
/// for the rest.
struct ColumnEncoding {
  Column column;
  bool dropped = false;  ///< constant over the training rows
  double constant = 0;   ///< its value then, for the way back; NaN if it was never there
  double shift = 0;
  double scale = 1;
  double observed_min = 0, observed_max = 0;  ///< over the training rows; numeric columns alone
  /// Of a categorical column: positions in column.levels, ascending, of the levels with a feature
  /// of their own. Empty: all of them. The rest (too rare, or not in the training rows) are
  /// "other".
  std::vector<Index> kept_levels;
  Index first_feature = -1;  ///< where its features start; of a dropped one: would start
  Index feature_count = 0;   ///< 1; kept levels + 1; 0 if dropped
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
  /// The features of each categorical column, ascending.
  std::vector<Range> category_features() const;
  /// "petal width"; a nameless column is "column 3" or, in an image, "pixel 4,17" (row, column)
  /// or "pixel 4,17,2" (row, column, colour), counted from 1.
  std::string column_name(Index column) const;
  /// The same, or "colour=red" for a one-hot feature ("colour=(other)" for its last).
  std::string feature_name(Index feature) const;
  /// The table's column that a feature came from.
  Index feature_column(Index feature) const;
  /// Fills in first_feature and feature_count of each column, and `features`, from the rest.
  void lay_out_features();
};

struct EncodingOptions {
  Scaling scaling = Scaling::kAuto;
  /// The targets must lie in [0, 1] (binary cross-entropy). `auto` then takes none where the table
  /// is known to lie there, else min–max; standard, robust and centred are refused, and so is none
  /// where a training row lies outside. Without it `auto` takes none for data known to lie in
  /// [0, 1] (images: errors stay in their own unit), centred for other samples of more than one
  /// dimension (arrays of images), else standard.
  bool needs_unit_interval = false;
  /// The targets must be amounts, none below 0 (multinomial). `auto` then takes log; a training
  /// value below 0 is refused.
  bool needs_counts = false;
  /// Neighbours matter: no column is dropped, and `auto` gives all one scale (centred).
  bool keep_shape = false;
  Index max_levels = 256;  ///< levels past the most frequent this many become "other"
};

/// Learns the encoding from the given rows (in any order). Streams over them once, and for robust
/// scaling some more; exact mean and variance; exact quantiles up to 1,000,000 rows and from an
/// even sample of that many beyond. Missing cells count nowhere. A column that holds one value in
/// all training rows is dropped. Two exceptions: images (samples of more than one dimension, or
/// known to lie in [0, 1]) and what is to keep its shape do, and of one row alone every column that
/// is there stays. `notes` (may be null) receives one line for each thing the user should know
/// (columns dropped, scaling chosen and why). Throws ErrorKind::kData if no column is left,
/// ErrorKind::kUsage for a scaling the loss does not allow.
Encoding learn_encoding(const Table& table, const std::vector<Index>& training_rows,
                        const EncodingOptions& options, std::vector<std::string>* notes);

/// raw: count × table columns (as RowStore gives them) → features: count × encoding.features.
/// A missing cell (NaN or infinite) gives 0 for its features and 0 in `mask` (same shape as
/// features; may be null). Thread-safe.
void encode_rows(const Encoding& encoding, const double* raw, Index count, float* features,
                 float* mask);

/// The way back: numbers in the data's own units; a categorical column gives the position of its
/// largest feature (−1 for "other"); a dropped one its constant. Thread-safe.
void decode_rows(const Encoding& encoding, const float* features, Index count, double* raw);

/// The same of one feature of a numeric column.
double value_of(const Encoding& encoding, const ColumnEncoding& column, double feature);

/// Throws ErrorKind::kData naming the first difference if the table's columns are not those the
/// encoding was learned from: their number, shape (where both are images), kinds, names (where both
/// have them) and levels.
void check_table_fits(const Encoding& encoding, const Table& table);

}  // namespace hourglass
