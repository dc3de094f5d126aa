#pragma once

#include <memory>
#include <string>

#include "data/reader.h"
#include "data/row_stream.h"

namespace hourglass {

/// A file whose rows have holes, on its way to being written again with them filled in and all else
/// as it was: a text table to the byte (unpacked, where it is gzipped), an array as .npy in the
/// float32 or float64 it came in. Rows pass once, in pieces, in bounded memory.
class Refill {
 public:
  virtual ~Refill() = default;

  /// The columns, names and warnings that are known so far; all warnings once the rows are through.
  virtual const Table& table() const = 0;
  virtual RowStream& stream(Index piece_rows) = 0;
  /// What a number reads as once it is written in this column.
  virtual double as_written(Index column, double value) const = 0;
  /// What the written file begins with …
  virtual std::string beginning() const = 0;
  /// … and what follows of a piece that was read: `values`, count × columns, holds the rows, with
  /// what their holes are filled with. What is NaN in it stays as it is.
  virtual std::string rows(int place, const double* values, Index count) const = 0;
  /// Throws ErrorKind::kUsage if a file of this name would not be taken for what it holds.
  virtual void check_name(const std::string& output) const = 0;
};

/// `options` must stay as long as what comes back. Throws ErrorKind::kData for what read_table()
/// would, and for files that are neither text tables nor .npy nor .npz.
std::unique_ptr<Refill> open_refill(const std::string& path, const ReadOptions& options);

}  // namespace hourglass
