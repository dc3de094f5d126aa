#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

enum class ColumnKind { kNumeric, kCategorical };

/// What one column holds. In a table that came from an array there may be one unnamed column a
/// feature: then `Table::columns` is empty and every column is numeric.
struct Column {
  std::string name;  ///< from the header, or "column 3" (counted from 1)
  ColumnKind kind = ColumnKind::kNumeric;
  std::vector<std::string> levels;  ///< of a categorical column, in order of first appearance
};

/// Where a table's numbers lie: in memory in the type they came in, in a scratch file beside the
/// output, or in the array file itself. Reading is thread-safe.
class RowStore {
 public:
  virtual ~RowStore() = default;
  virtual Index rows() const = 0;
  virtual Index cols() const = 0;
  /// rows × cols numbers, row-major, for rows begin … end − 1 into `out`. A categorical cell is its
  /// level's position; a missing one is NaN.
  virtual void read(Index begin, Index end, double* out) const = 0;
  /// The same for rows anywhere. Stores on disk read them one by one: sort, or read blocks.
  virtual void gather(const Index* rows, Index count, double* out) const = 0;
  /// True when reading costs a memory access, not the disk.
  virtual bool in_memory() const = 0;
};

class Pictures;
class Sounds;

/// Rows that come from one file of several, in the order of its rows.
struct Series {
  std::string name;  ///< the file's
  Index rows = 0;
};

/// Samples as read, before any encoding or scaling: rows × columns numbers and what they mean.
struct Table {
  std::shared_ptr<const RowStore> store;
  std::vector<Column> columns;         ///< empty: columns are numeric and nameless (arrays, images)
  std::vector<Index> sample_shape;     ///< e.g. {28, 28}; {cols} for a plain table
  bool unit_interval = false;          ///< numbers are known to lie in [0, 1] (images, IDX)
  std::vector<std::string> row_names;  ///< file names of images; else empty
  std::vector<std::string> row_times;  ///< as a column of times has them; else empty
  std::vector<int> bit_depths;         ///< of those images: 8, 16, or 32 for floating point
  /// Images of any sizes, a row with no columns for each: to be learned from by patches; else null.
  std::shared_ptr<const Pictures> pictures;
  /// Recordings, a row with no columns for each: to be learned from by stretches; else null.
  std::shared_ptr<const Sounds> sounds;
  Index rate = 0;  ///< samples a second of the sound that rows, or `sounds`, come from; 0: no sound
  std::vector<Series> series;         ///< of a folder of tables, in order; else empty
  std::string source;                 ///< the path, for messages
  std::vector<std::string> warnings;  ///< e.g. date columns left out
  /// Rows of the source (counted from 0) that --missing drop left out, ascending: what to leave out
  /// of labels read for the same source.
  std::vector<Index> left_out_rows;
  /// Position of the row in the source counted from 1 (a CSV's line), for messages; 0 offset for
  /// arrays.
  Index first_row_number = 1;

  Index rows() const { return store->rows(); }
  Index cols() const { return store->cols(); }
  std::string column_name(Index c) const;
};

}  // namespace hourglass
