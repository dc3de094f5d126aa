#pragma once

#include <memory>
#include <vector>

#include "data/table.h"

namespace hourglass {

/// Rows on their way past, once and in order, a piece at a time: pieces are taken one after
/// another, read by several threads at once, and settled in order again (see OrderedWork, whose
/// places these are). How rows are cut into pieces never depends on the number of threads.
class RowStream {
 public:
  /// count × cols() numbers as RowStore gives them, with 64 readable bytes behind. They stay until
  /// the piece is settled and, unless it says otherwise, the same worker reads another.
  struct Rows {
    const double* values = nullptr;
    Index count = 0;
  };

  virtual ~RowStream() = default;
  virtual Index cols() const = 0;
  /// How many rows there will be; 0: not known before they have come.
  virtual Index rows_ahead() const { return 0; }
  /// How many places and workers there will be; before anything else.
  virtual void prepare(int places, int workers) = 0;
  /// The next piece; false if there is none.
  virtual bool take(int place) = 0;
  /// From any thread, for different places at once. Of rows with something wrong in them none may
  /// come back: settle() then says what.
  virtual Rows read(int place, int worker) = 0;
  /// One piece after another, in order, once they have been read.
  virtual void settle(int place) = 0;
  /// The share of it all that was taken, from any thread.
  virtual double fraction() const = 0;
};

/// Rows of a table, those listed or all (null). `piece_rows`: in each piece but the last. Keeps
/// references.
std::unique_ptr<RowStream> stream_rows(const Table& table, const std::vector<Index>* rows,
                                       Index piece_rows);

}  // namespace hourglass
