#include "data/row_store.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "data/missing.h"

namespace hourglass {
namespace {

class TypedRowStore : public RowStore {
 public:
  TypedRowStore(std::shared_ptr<const ByteStore> bytes, const RowLayout& layout)
      : bytes_(std::move(bytes)), layout_(layout) {}

  Index rows() const override { return layout_.rows; }
  Index cols() const override { return layout_.cols; }
  bool in_memory() const override { return bytes_->in_memory(); }

  void read(Index begin, Index end, double* out) const override {
    const Index step = rows_per_block(layout_.row_bytes());
    std::vector<std::byte> buffer;
    for (Index row = begin; row < end; row += step) {
      const Index count = std::min(step, end - row);
      convert(row, count, out + (row - begin) * layout_.cols, buffer);
    }
  }

  void gather(const Index* rows, Index count, double* out) const override {
    std::vector<std::byte> buffer;
    for (Index i = 0; i < count; ++i) convert(rows[i], 1, out + i * layout_.cols, buffer);
  }

 private:
  void convert(Index row, Index count, double* out, std::vector<std::byte>& buffer) const {
    const Index elements = count * layout_.cols;
    const std::uint64_t offset = static_cast<std::uint64_t>(row) * layout_.row_bytes();
    const std::size_t size = static_cast<std::size_t>(elements * layout_.type->size);
    const std::byte* from = layout_.swapped ? nullptr : bytes_->direct(offset, size);
    if (from == nullptr) {
      buffer.resize(size);
      bytes_->read(offset, size, buffer.data());
      if (layout_.swapped) swap_byte_order(buffer.data(), elements, layout_.type->size);
      from = buffer.data();
    }
    layout_.type->to_double(from, elements, out);
    if (layout_.divisor != 1)
      std::transform(out, out + elements, out, [&](double x) { return x / layout_.divisor; });
    if (!layout_.has_missing || layout_.type->all_finite(from, elements)) return;
    for (Index i = 0; i < elements; ++i) {
      if (std::isfinite(out[i])) continue;
      if (!layout_.refuses_missing.empty()) {
        refuse_number(layout_.refuses_missing, row + i / layout_.cols, i % layout_.cols, out[i]);
      }
      out[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }

  std::shared_ptr<const ByteStore> bytes_;
  RowLayout layout_;
};

class SelectedColumns : public RowStore {
 public:
  SelectedColumns(std::shared_ptr<const RowStore> store, std::vector<Index> columns)
      : store_(std::move(store)), columns_(std::move(columns)) {}

  Index rows() const override { return store_->rows(); }
  Index cols() const override { return static_cast<Index>(columns_.size()); }
  bool in_memory() const override { return store_->in_memory(); }

  void read(Index begin, Index end, double* out) const override {
    const Index step = rows_per_block(static_cast<std::uint64_t>(store_->cols()) * sizeof(double));
    std::vector<double> all(static_cast<std::size_t>(std::min(step, end - begin) * store_->cols()));
    for (Index row = begin; row < end; row += step) {
      const Index count = std::min(step, end - row);
      store_->read(row, row + count, all.data());
      select(all.data(), count, out + (row - begin) * cols());
    }
  }

  void gather(const Index* rows, Index count, double* out) const override {
    std::vector<double> all(static_cast<std::size_t>(store_->cols()));
    for (Index i = 0; i < count; ++i) {
      store_->gather(rows + i, 1, all.data());
      select(all.data(), 1, out + i * cols());
    }
  }

 private:
  void select(const double* all, Index count, double* out) const {
    for (Index row = 0; row < count; ++row, all += store_->cols()) {
      for (const Index column : columns_) *out++ = all[column];
    }
  }

  std::shared_ptr<const RowStore> store_;
  std::vector<Index> columns_;
};

}  // namespace

std::shared_ptr<const RowStore> make_row_store(std::shared_ptr<const ByteStore> bytes,
                                               const RowLayout& layout) {
  return std::make_shared<TypedRowStore>(std::move(bytes), layout);
}

std::shared_ptr<const RowStore> select_columns(std::shared_ptr<const RowStore> store,
                                               std::vector<Index> columns) {
  return std::make_shared<SelectedColumns>(std::move(store), std::move(columns));
}

Index rows_per_block(std::uint64_t row_bytes) {
  constexpr std::uint64_t kBlockBytes = std::uint64_t{1} << 20;
  return std::max<Index>(1,
                         static_cast<Index>(kBlockBytes / std::max<std::uint64_t>(1, row_bytes)));
}

}  // namespace hourglass
