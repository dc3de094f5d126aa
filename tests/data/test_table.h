#pragma once

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "data/table.h"

namespace hourglass {

/// Rows held in a vector that may pretend to lie on disk, and may fail from some row on.
class TestStore final : public RowStore {
 public:
  TestStore(Index cols, std::vector<double> values, bool on_disk = false)
      : cols_(cols), values_(std::move(values)), on_disk_(on_disk) {}

  Index rows() const override { return static_cast<Index>(values_.size()) / cols_; }
  Index cols() const override { return cols_; }
  void read(Index begin, Index end, double* out) const override {
    if (begin < 0 || end > rows()) throw std::out_of_range("no such rows");
    if (end > fails_at) throw std::runtime_error("the disk is gone");
    std::copy_n(values_.data() + begin * cols_, (end - begin) * cols_, out);
  }
  void gather(const Index* rows, Index count, double* out) const override {
    for (Index i = 0; i < count; ++i) read(rows[i], rows[i] + 1, out + i * cols_);
  }
  bool in_memory() const override { return !on_disk_; }

  Index fails_at = Index{1} << 60;
  std::vector<double>& values() { return values_; }

 private:
  Index cols_;
  std::vector<double> values_;
  bool on_disk_;
};

inline Table make_table(Index cols, std::vector<double> values, bool on_disk = false) {
  Table table;
  table.store = std::make_shared<TestStore>(cols, std::move(values), on_disk);
  table.sample_shape = {cols};
  table.source = "data.csv";
  return table;
}

inline Column numeric(std::string name) { return {std::move(name), ColumnKind::kNumeric, {}}; }
inline Column categorical(std::string name, std::vector<std::string> levels) {
  return {std::move(name), ColumnKind::kCategorical, std::move(levels)};
}

inline std::vector<Index> all_rows(const Table& table) {
  std::vector<Index> rows;
  for (Index r = 0; r < table.rows(); ++r) rows.push_back(r);
  return rows;
}

inline std::vector<double> raw_values(const Table& table) {
  std::vector<double> values(static_cast<std::size_t>(table.rows() * table.cols()));
  table.store->read(0, table.rows(), values.data());
  return values;
}

}  // namespace hourglass
