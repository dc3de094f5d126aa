#pragma once

#include <functional>
#include <vector>

#include "base/thread_pool.h"
#include "data/encoding.h"
#include "data/row_encoder.h"
#include "data/row_stream.h"

namespace hourglass {

/// A block of rows as one worker has it, small enough to stay in its core's cache.
struct EncodedRows {
  const double* raw;             ///< count × table columns
  Panels<const float> features;  ///< count × features
  Panels<const float> mask;      ///< the same, 1 where the cell was there; empty: all of them were
  RowEncoder& encoder;           ///< this worker's, for the way back
  Index count;
  int worker;
  int place;         ///< of the piece it is part of
  Index within;      ///< position of the first row in that piece
  Index piece_rows;  ///< rows of that piece
};

/// What one thread encodes blocks with, one after another. Keeps a reference to the encoding.
class BlockEncoder {
 public:
  BlockEncoder(const Encoding& encoding, Index block_rows);

  /// raw: count × table columns, at most block_rows, with 64 readable bytes behind it. What comes
  /// back is a piece of its own and lies here until the next.
  EncodedRows encode(const double* raw, Index count);

 private:
  RowEncoder encoder_;
  PanelMatrix<float> features_, mask_;
};

/// What is done with all rows of a stream, each of which is read and encoded once.
struct RowPass {
  const Encoding& encoding;
  /// Rows in a block, at most.
  Index block_rows = 1;
  /// Called for each block, on any worker; those of one piece come one after another.
  std::function<void(const EncodedRows&)> visit;
  /// Called when all blocks of a piece were visited, one piece after another in the rows' order:
  /// rows begin … begin + count − 1. What belongs to `place`, less than places_for(pool), is that
  /// piece's alone until then. May be empty.
  std::function<void(Index begin, Index count, int place)> hand_on = {};
  /// The share done, on the calling thread. May be empty.
  std::function<void(double fraction)> progress = {};
};

/// In bounded memory. Stops where interrupted.
void run(const RowPass& pass, RowStream& rows, ThreadPool& pool);

/// Rows that make a good piece of a table: some blocks, about what a core's cache holds.
Index rows_per_piece(const Encoding& encoding, Index block_rows);

}  // namespace hourglass
