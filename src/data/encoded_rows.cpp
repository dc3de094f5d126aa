#include "data/encoded_rows.h"

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/interrupt.h"
#include "base/ordered_work.h"
#include "data/samples_rows.h"

namespace hourglass {
namespace {

// Numbers in a stretch, about: long enough that dealing them out costs nothing.
constexpr Index kStretchNumbers = Index{1} << 16;

// What one worker encodes with.
class BlockEncoder {
 public:
  explicit BlockEncoder(const RowPass& pass)
      : pass_(pass),
        encoder_(pass.encoding),
        raw_(pass.block_rows, pass.encoding.table_columns()),
        features_(pass.block_rows, pass.encoding.features),
        mask_(pass.block_rows, pass.encoding.features) {}

  EncodedRows encode(Range rows, int worker, int place, Index within) {
    const Index count = rows.size();
    read(rows);
    const Panels<float> features = features_.view().first_rows(count);
    const Panels<float> mask = mask_.view().first_rows(count);
    const bool all_there = encoder_.encode(raw_.data(), count, features, mask);
    return {raw_.data(), features,   all_there ? Panels<const float>{} : mask,
            encoder_,    rows.begin, count,
            worker,      place,      within};
  }

 private:
  void read(Range rows) {
    const RowStore& store = *pass_.table.store;
    if (pass_.rows == nullptr) return store.read(rows.begin, rows.end, raw_.data());
    const Index* wanted = pass_.rows->data() + rows.begin;
    const bool consecutive = std::adjacent_find(wanted, wanted + rows.size(), [](Index a, Index b) {
                               return b != a + 1;
                             }) == wanted + rows.size();
    if (consecutive) return store.read(wanted[0], wanted[0] + rows.size(), raw_.data());
    read_rows(store, wanted, rows.size(), raw_.data());
  }

  const RowPass& pass_;
  RowEncoder encoder_;
  Matrix<double> raw_;
  PanelMatrix<float> features_, mask_;
};

}  // namespace

Index RowPass::stretch_rows() const {
  const Index width = std::max(encoding.features, encoding.table_columns());
  const Index blocks = kStretchNumbers / std::max<Index>(1, width * block_rows);
  return block_rows * std::max<Index>(1, blocks);
}

void run(const RowPass& pass, ThreadPool& pool) {
  const Index total = pass.row_count();
  const Index stretch = pass.stretch_rows();
  std::vector<std::unique_ptr<BlockEncoder>> encoders(static_cast<std::size_t>(pool.size()));
  std::vector<Index> begins(static_cast<std::size_t>(places_for(pool)));
  Index next = 0;
  std::atomic<Index> done{0};

  OrderedWork work;
  work.take = [&](int place) {
    throw_if_interrupted();
    if (next >= total) return false;
    begins[static_cast<std::size_t>(place)] = next;
    next = std::min(total, next + stretch);
    return true;
  };
  work.work = [&](int place, int worker) {
    auto& encoder = encoders[static_cast<std::size_t>(worker)];
    if (!encoder) encoder = std::make_unique<BlockEncoder>(pass);
    const Index begin = begins[static_cast<std::size_t>(place)];
    const Index end = std::min(total, begin + stretch);
    for (Index row = begin; row < end; row += pass.block_rows) {
      pass.visit(
          encoder->encode({row, std::min(end, row + pass.block_rows)}, worker, place, row - begin));
    }
  };
  work.hand_on = [&](int place) {
    const Index begin = begins[static_cast<std::size_t>(place)];
    const Index count = std::min(stretch, total - begin);
    if (pass.hand_on) pass.hand_on(begin, count, place);
    done += count;
  };
  if (pass.progress) {
    work.tell = [&] { pass.progress(static_cast<double>(done) / static_cast<double>(total)); };
  }
  run_in_order(pool, work);
}

}  // namespace hourglass
