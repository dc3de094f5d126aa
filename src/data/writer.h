#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/index.h"

namespace hourglass {

/// Writes rows block by block to .npy (float32, C order, with the given sample shape) or .csv
/// (header and shortest text that reads back as the same float), by the ending; throws
/// ErrorKind::kUsage for another ending. Nothing appears under `path` until finish().
class RowWriter {
 public:
  virtual ~RowWriter() = default;
  virtual void write(const float* rows, Index count) = 0;
  virtual void finish() = 0;
};

std::unique_ptr<RowWriter> open_row_writer(const std::string& path, Index rows,
                                           const std::vector<Index>& sample_shape,
                                           const std::vector<std::string>& column_names);

}  // namespace hourglass
