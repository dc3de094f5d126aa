#pragma once

#include "data/table.h"

namespace hourglass {

/// Rows with nothing in them, one for each picture or recording of a table: what is learned from is
/// cut out of those themselves. Thread-safe.
class RowsWithoutCells final : public RowStore {
 public:
  explicit RowsWithoutCells(Index count) : count_(count) {}
  Index rows() const override { return count_; }
  Index cols() const override { return 0; }
  bool in_memory() const override { return true; }
  void read(Index, Index, double*) const override {}
  void gather(const Index*, Index, double*) const override {}

 private:
  Index count_;
};

}  // namespace hourglass
