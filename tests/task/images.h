#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "data/row_store.h"
#include "data/table.h"

namespace hourglass {

/// Rows that are there already.
class GivenRows : public RowStore {
 public:
  explicit GivenRows(std::vector<std::vector<double>> rows) : rows_(std::move(rows)) {}
  Index rows() const override { return std::ssize(rows_); }
  Index cols() const override { return std::ssize(rows_.front()); }
  bool in_memory() const override { return true; }
  void read(Index begin, Index end, double* out) const override {
    for (Index row = begin; row < end; ++row) {
      out = std::ranges::copy(rows_[static_cast<std::size_t>(row)], out).out;
    }
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols());
  }

 private:
  std::vector<std::vector<double>> rows_;
};

inline Table table_of_images(std::vector<std::vector<double>> images, std::vector<Index> shape) {
  Table table;
  table.store = std::make_shared<GivenRows>(std::move(images));
  table.sample_shape = std::move(shape);
  return table;
}

}  // namespace hourglass
