#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/index.h"
#include "data/table.h"

namespace hourglass {

/// A cell of a .csv: quoted as RFC 4180 wants it where it would not read back as it is.
std::string csv_cell(const std::string& text);

/// Writes rows block by block to .npy (float32, C order, with the given sample shape) or .csv
/// (header and shortest text that reads back as the same float), by the ending; throws
/// ErrorKind::kUsage for another ending. Nothing appears under `path` until finish(). In .csv a
/// categorical column's numbers, positions in its `levels`, are written as the levels they stand
/// for ("(other)" outside them); an array can only hold the positions.
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void write(const float* rows, Index count) = 0;
  virtual void finish() = 0;
};

std::unique_ptr<RowWriter> open_row_writer(const std::string& path, Index rows,
                                           const std::vector<Index>& sample_shape,
                                           const std::vector<Column>& columns);

}  // namespace hourglass
