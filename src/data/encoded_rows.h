#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/encoding.h"
#include "data/row_encoder.h"
#include "data/table.h"

namespace hourglass {

/// A block of a table's rows as one worker has it, small enough to stay in its core's cache.
struct EncodedRows {
  const double* raw;             ///< count × table columns
  Panels<const float> features;  ///< count × features
  Panels<const float> mask;      ///< the same, 1 where the cell was there; empty: all of them were
  RowEncoder& encoder;           ///< this worker's, for the way back
  Index begin;                   ///< position of the first row among those asked for
  Index count;
  int worker;
  int place;     ///< of the stretch it is part of, see `hand_on`
  Index within;  ///< position of the first row in that stretch
};

/// One way through rows of a table.
struct RowPass {
  const Encoding& encoding;
  const Table& table;
  /// Which rows; null: all.
  const std::vector<Index>* rows = nullptr;
  /// Rows in a block, at most.
  Index block_rows = 1;
  /// Called for each block, on any worker. Rows are dealt to workers in stretches of
  /// stretch_rows(); the blocks of one come one after another.
  std::function<void(const EncodedRows&)> visit;
  /// Called when all blocks of a stretch were visited, one stretch after another in the rows'
  /// order; `place`, less than places_for(pool), is the stretch's alone until then. May be empty.
  std::function<void(Index begin, Index count, int place)> hand_on = {};
  /// The share done, on the calling thread. May be empty.
  std::function<void(double fraction)> progress = {};

  Index row_count() const {
    return rows != nullptr ? static_cast<Index>(rows->size()) : table.rows();
  }
  /// Rows in each stretch but the last: the same however many threads there are.
  Index stretch_rows() const;
};

/// Reads, encodes and shows every row once, in bounded memory. Stops where interrupted.
void run(const RowPass& pass, ThreadPool& pool);

}  // namespace hourglass
