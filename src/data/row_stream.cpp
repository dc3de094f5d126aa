#include "data/row_stream.h"

#include <algorithm>
#include <atomic>

#include "data/samples_rows.h"
#include "tensor/matrix.h"

namespace hourglass {
namespace {

class TableStream : public RowStream {
 public:
  TableStream(const Table& table, const std::vector<Index>* rows, Index piece_rows)
      : store_(*table.store),
        rows_(rows),
        total_(rows != nullptr ? static_cast<Index>(rows->size()) : table.rows()),
        piece_rows_(piece_rows) {}

  Index cols() const override { return store_.cols(); }
  Index rows_ahead() const override { return total_; }

  void prepare(int places, int workers) override {
    begins_.resize(static_cast<std::size_t>(places));
    raw_.resize(static_cast<std::size_t>(workers));
  }

  bool take(int place) override {
    if (next_ >= total_) return false;
    begins_[static_cast<std::size_t>(place)] = next_;
    next_ = std::min(total_, next_ + piece_rows_);
    return true;
  }

  Rows read(int place, int worker) override {
    Matrix<double>& raw = raw_[static_cast<std::size_t>(worker)];
    if (raw.rows() == 0) raw = Matrix<double>(std::min(piece_rows_, total_), cols());
    const Index begin = begins_[static_cast<std::size_t>(place)];
    const Index count = std::min(piece_rows_, total_ - begin);
    read_into(begin, count, raw.data());
    return {raw.data(), count};
  }

  void settle(int) override {}
  double fraction() const override {
    return static_cast<double>(next_) / static_cast<double>(std::max<Index>(1, total_));
  }

 private:
  void read_into(Index begin, Index count, double* out) const {
    if (rows_ == nullptr) return store_.read(begin, begin + count, out);
    const Index* wanted = rows_->data() + begin;
    const bool consecutive = std::adjacent_find(wanted, wanted + count, [](Index a, Index b) {
                               return b != a + 1;
                             }) == wanted + count;
    if (consecutive) return store_.read(wanted[0], wanted[0] + count, out);
    read_rows(store_, wanted, count, out);
  }

  const RowStore& store_;
  const std::vector<Index>* rows_;
  const Index total_;
  const Index piece_rows_;
  std::atomic<Index> next_{0};
  std::vector<Index> begins_;        // of the piece in each place
  std::vector<Matrix<double>> raw_;  // of each worker
};

}  // namespace

std::unique_ptr<RowStream> stream_rows(const Table& table, const std::vector<Index>* rows,
                                       Index piece_rows) {
  return std::make_unique<TableStream>(table, rows, piece_rows);
}

}  // namespace hourglass
