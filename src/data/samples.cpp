#include "data/samples.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "data/samples_rows.h"

namespace hourglass {

struct Samples::State {
  std::shared_ptr<const RowStore> store;
  Encoding encoding;
  std::shared_ptr<const DrawnSamples> drawn;  // rather than rows of the store
  std::vector<Index> rows;
  bool with_mask = false;
  bool kept = false;
  Matrix<float> features;  // rows × features if kept
  Matrix<float> mask;      // the same if kept and with_mask
  std::shared_ptr<const Samples> shown;

  Index row_count() const {
    return kept ? features.rows() : drawn ? drawn->rows() : static_cast<Index>(rows.size());
  }
  void encode(Index begin, Index end, float* to_features, float* to_mask) const;
};

void Samples::State::encode(Index begin, Index end, float* to_features, float* to_mask) const {
  if (drawn) {
    std::vector<float> room(static_cast<std::size_t>(drawn->features()));
    for (Index at = begin; at < end; ++at, to_features += drawn->features()) {
      drawn->draw(0, at, to_features, room.data());
    }
    return;
  }
  const Index cols = store->cols();
  const Index block = std::min(rows_per_block(cols), end - begin);
  std::vector<double> raw(static_cast<std::size_t>(block * cols));
  for (Index at = begin; at < end; at += block) {
    const Index count = std::min(block, end - at);
    read_rows(*store, rows.data() + at, count, raw.data());
    const Index offset = (at - begin) * encoding.features;
    encode_rows(encoding, raw.data(), count, to_features + offset,
                to_mask != nullptr ? to_mask + offset : nullptr);
  }
}

// Without overflow on the way.
bool Samples::fit(Index rows, Index features, bool with_mask, Index memory_limit_bytes) {
  const Index bytes_per_row = features * static_cast<Index>(sizeof(float)) * (with_mask ? 2 : 1);
  return bytes_per_row == 0 || rows <= memory_limit_bytes / bytes_per_row;
}

Samples::Samples(const Table& table, const Encoding& encoding, std::vector<Index> rows,
                 Index memory_limit_bytes, bool with_mask)
    : state_(std::make_unique<State>()) {
  HOURGLASS_CHECK(table.cols() == encoding.table_columns());
  state_->store = table.store;
  state_->encoding = encoding;
  state_->rows = std::move(rows);
  state_->with_mask = with_mask;
  const Index count = state_->row_count();
  if (!fit(count, encoding.features, with_mask, memory_limit_bytes)) return;
  state_->features = Matrix<float>(count, encoding.features);
  if (with_mask) state_->mask = Matrix<float>(count, encoding.features);
  state_->encode(0, count, state_->features.data(), with_mask ? state_->mask.data() : nullptr);
  state_->kept = true;
}

Samples::Samples(Matrix<float> features) : state_(std::make_unique<State>()) {
  state_->encoding.features = features.cols();
  state_->features = std::move(features);
  state_->kept = true;
}

Samples::Samples(std::shared_ptr<const DrawnSamples> drawn) : state_(std::make_unique<State>()) {
  state_->encoding.features = drawn->features();
  state_->drawn = std::move(drawn);
}

Samples::~Samples() = default;
Samples::Samples(Samples&&) noexcept = default;
Samples& Samples::operator=(Samples&&) noexcept = default;

Index Samples::rows() const { return state_->row_count(); }
Index Samples::features() const { return state_->encoding.features; }
Index Samples::table_columns() const { return state_->encoding.table_columns(); }
bool Samples::in_memory() const { return state_->kept; }
const DrawnSamples* Samples::drawn() const { return state_->drawn.get(); }
bool Samples::has_mask() const { return state_->with_mask; }
const Samples* Samples::shown() const { return state_->shown.get(); }

void Samples::show(std::shared_ptr<const Samples> shown) {
  HOURGLASS_CHECK(shown->rows() == rows() && shown->features() == features());
  HOURGLASS_CHECK(shown->in_memory() == in_memory());
  state_->shown = std::move(shown);
}

void Samples::read(Index begin, Index end, float* features, float* mask) const {
  HOURGLASS_CHECK(begin >= 0 && begin <= end && end <= rows());
  if (!state_->with_mask && mask != nullptr) {
    std::fill_n(mask, (end - begin) * this->features(), 1.0f);
    mask = nullptr;
  }
  if (!state_->kept) return state_->encode(begin, end, features, mask);
  const Index count = (end - begin) * this->features();
  std::copy_n(state_->features.data() + begin * this->features(), count, features);
  if (mask != nullptr) {
    std::copy_n(state_->mask.data() + begin * this->features(), count, mask);
  }
}

MatrixView<const float> Samples::matrix() const {
  return state_->kept ? std::as_const(state_->features).view() : MatrixView<const float>{};
}

MatrixView<const float> Samples::mask_matrix() const {
  return state_->kept && state_->with_mask ? std::as_const(state_->mask).view()
                                           : MatrixView<const float>{};
}

}  // namespace hourglass
