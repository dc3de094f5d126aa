#include "data/encoded_rows.h"

#include <algorithm>
#include <memory>

#include "base/interrupt.h"
#include "base/ordered_work.h"

namespace hourglass {
namespace {

constexpr Index kPieceNumbers = Index{1} << 14;

}  // namespace

BlockEncoder::BlockEncoder(const Encoding& encoding, Index block_rows)
    : encoder_(encoding),
      features_(block_rows, encoding.features),
      mask_(block_rows, encoding.features) {}

EncodedRows BlockEncoder::encode(const double* raw, Index count) {
  const Panels<float> features = features_.view().first_rows(count);
  const Panels<float> mask = mask_.view().first_rows(count);
  const bool all_there = encoder_.encode(raw, count, features, mask);
  return {raw, features, all_there ? Panels<const float>{} : mask, encoder_, count, 0, 0, 0, count};
}

void run(const RowPass& pass, RowStream& rows, ThreadPool& pool) {
  rows.prepare(places_for(pool), pool.size());
  std::vector<std::unique_ptr<BlockEncoder>> encoders(static_cast<std::size_t>(pool.size()));
  std::vector<Index> counts(static_cast<std::size_t>(places_for(pool)));
  Index handed_on = 0;

  OrderedWork work;
  work.take = [&](int place) {
    throw_if_interrupted();
    return rows.take(place);
  };
  work.work = [&](int place, int worker) {
    auto& encoder = encoders[static_cast<std::size_t>(worker)];
    if (!encoder) encoder = std::make_unique<BlockEncoder>(pass.encoding, pass.block_rows);
    const RowStream::Rows piece = rows.read(place, worker);
    counts[static_cast<std::size_t>(place)] = piece.count;
    for (Index row = 0; row < piece.count; row += pass.block_rows) {
      EncodedRows block = encoder->encode(piece.values + row * rows.cols(),
                                          std::min(pass.block_rows, piece.count - row));
      block.worker = worker;
      block.place = place;
      block.within = row;
      block.piece_rows = piece.count;
      pass.visit(block);
    }
  };
  work.hand_on = [&](int place) {
    rows.settle(place);
    const Index count = counts[static_cast<std::size_t>(place)];
    if (pass.hand_on) pass.hand_on(handed_on, count, place);
    handed_on += count;
  };
  if (pass.progress) {
    work.tell = [&] { pass.progress(rows.fraction()); };
  }
  run_in_order(pool, work);
}

Index rows_per_piece(const Encoding& encoding, Index block_rows) {
  const Index width = std::max({Index{1}, encoding.features, encoding.table_columns()});
  return block_rows * std::max<Index>(1, kPieceNumbers / (width * block_rows));
}

}  // namespace hourglass
