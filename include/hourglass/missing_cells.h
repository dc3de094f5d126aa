#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "hourglass/export.h"
#include "hourglass/model.h"

namespace hourglass {

struct CellsOptions {
  /// The same table with nothing missing, to measure by; empty: there is none.
  std::string clean;
  std::string key = "X";  ///< the array to take from an .npz
  /// 0: each cell gets the likeliest value. From 1: a value drawn from those it may have, another
  /// for each number and seed (multiple imputation: Rubin 1987), so that what is worked out of
  /// several such tables shows how much the missing cells leave open.
  std::int64_t sample = 0;
  std::uint64_t seed = 0;
};

/// One of the model's columns; figures are NaN where nothing can be compared.
struct FilledColumn {
  std::string name;
  std::int64_t missing = 0;  ///< cells
  std::int64_t filled = 0;   ///< of them; none where the model knows nothing of the column
  /// Of numbers: the root of the mean squared error of the filled cells, as they are written, in
  /// standard deviations of the clean table's column.
  double rmse = std::numeric_limits<double>::quiet_NaN();
  /// Of categories: the share of filled cells that came out right.
  double accuracy = std::numeric_limits<double>::quiet_NaN();
};

struct CellsReport {
  std::int64_t rows = 0;
  std::int64_t missing = 0, filled = 0;  ///< cells of all columns
  /// As in FilledColumn, over the cells of all columns.
  double rmse = std::numeric_limits<double>::quiet_NaN();
  double accuracy = std::numeric_limits<double>::quiet_NaN();
  std::vector<FilledColumn> columns;
  std::vector<std::string> warnings;  ///< what was left as it was, a line each
};

/// Whether the model is of rows of a table, whose missing cells fill_cells() fills, rather than of
/// images, whose holes inpaint() fills, or of windows of a series.
HOURGLASS_API bool fills_cells(const Model& model);

/// Fills the missing cells of a table with what the model expects there, best one trained with
/// job = inpaint on such rows, these included. `input`: CSV or TSV, of which everything but the
/// missing cells of the model's columns is written as it stands, byte for byte (unpacked, where it
/// is gzipped), numbers with as many digits behind the point as their column has; or .npy or .npz
/// with NaN, written to .npy with the numbers that are there as they were. `output` may be empty
/// with options.clean. Throws kUsage for a model of something else, for a sample of a model
/// that job = inpaint-cells has not trained, an output that could not hold
/// the result or is one of the inputs, kData for input that cannot be read or has not the model's
/// columns. A file appears whole or not at all.
HOURGLASS_API CellsReport fill_cells(const Model& model, const std::string& input,
                                     const std::string& output, const CellsOptions& options,
                                     const RunOptions& run = {});

}  // namespace hourglass
